namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>
/// What the calls of a torch pickle mean. The functions' parameters are those of PyTorch's <c>torch/_utils.py</c>, the persistent
/// id's fields those of <c>torch/serialization.py</c>.
/// </summary>
internal static class PickleCalls
{
    /// <summary>The value of a call.</summary>
    /// <exception cref="CheckpointException">The name cannot be called, or not with these arguments.</exception>
    public static object Call(PickleGlobal called, object?[] arguments, PickleReader at)
    {
        switch (called.Kind)
        {
            case PickleGlobalKind.OrderedDict when arguments.Length == 0:
                return new PickleDict();
            case PickleGlobalKind.Size when arguments is [object?[] size]:
                return size;
            case PickleGlobalKind.Tensor when arguments.Length is 6 or 7:
                return Tensor(arguments, at);
            case PickleGlobalKind.Parameter when arguments is [PickleTensor tensor, _, _]:
                return tensor;
            case PickleGlobalKind.Inert or PickleGlobalKind.Storage:
                throw at.Refuse($"calls {called.Name}; such a name may only be listed");
            default:
                string given = string.Join(", ", arguments.Take(8).Select(PickleValue.Describe));
                throw at.Refuse($"calls {called.Name} with {arguments.Length} arguments ({given}), which is not how torch.save writes it");
        }
    }

    /// <summary>The storage that a persistent id names.</summary>
    /// <exception cref="CheckpointException">It names something else.</exception>
    public static PickleStorage Storage(object? id, PickleReader at)
    {
        if (id is not object?[] { Length: 5 } fields || fields[0] is not "storage")
            throw at.Refuse("holds a persistent id that is not ('storage', type, key, location, elements)");
        if (fields[1] is not PickleGlobal { Kind: PickleGlobalKind.Storage } type)
            throw at.Refuse($"holds a storage whose type is {PickleValue.Describe(fields[1])}; expected one such as torch.FloatStorage");
        if (fields[2] is not string key) throw at.Refuse($"holds a storage whose key is {PickleValue.Describe(fields[2])}; expected a str");
        // The location says which device it was saved from. All are read to memory.
        if (fields[3] is not string) throw at.Refuse($"holds a storage whose location is {PickleValue.Describe(fields[3])}; expected a str");
        if (fields[4] is not long count || count < 0)
            throw at.Refuse($"holds a storage of {Shown(fields[4])} elements; expected a whole number from 0");
        return new PickleStorage(type, key, count);
    }

    private static PickleTensor Tensor(object?[] arguments, PickleReader at)
    {
        if (arguments[0] is not PickleStorage storage)
            throw at.Refuse($"makes a tensor of {PickleValue.Describe(arguments[0])}; expected a storage");
        if (arguments[1] is not long offset || offset < 0)
            throw at.Refuse($"makes a tensor that begins at element {Shown(arguments[1])}; expected a whole number from 0");
        long[] shape = Dimensions("size", arguments[2], at), strides = Dimensions("stride", arguments[3], at);
        return shape.Length == strides.Length
            ? new PickleTensor(storage, offset, shape, strides)
            : throw at.Refuse($"makes a tensor of size {TensorEntry.Show(shape)} and stride {TensorEntry.Show(strides)}; expected as many of each");
    }

    private static long[] Dimensions(string what, object? value, PickleReader at)
    {
        if (value is not object?[] tuple) throw at.Refuse($"makes a tensor whose {what} is {PickleValue.Describe(value)}; expected a tuple");
        if (tuple.Length > TensorEntry.MaxRank)
            throw at.Refuse($"makes a tensor of {tuple.Length} dimensions; the most accepted is {TensorEntry.MaxRank}");
        long[] dimensions = new long[tuple.Length];
        for (int i = 0; i < tuple.Length; i++)
        {
            if (tuple[i] is not long dimension || dimension < 0)
                throw at.Refuse($"makes a tensor whose {what} holds {Shown(tuple[i])}; expected whole numbers from 0");
            dimensions[i] = dimension;
        }

        return dimensions;
    }

    private static string Shown(object? value) => value is long number ? $"{number}" : PickleValue.Describe(value);
}
