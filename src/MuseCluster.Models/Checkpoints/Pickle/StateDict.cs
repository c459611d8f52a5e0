namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>
/// Which tensors of a pickled object are a network's: those of the object itself, where it is a dict of tensors; those of its
/// <c>state_dict</c>, where it is a checkpoint as PyTorch Lightning writes it. What else such a checkpoint holds (epochs,
/// optimizers, schedules) is left where it lies.
/// </summary>
internal static class StateDict
{
    private const string InCheckpoint = "state_dict";

    /// <summary>The most tensors accepted, as in a safetensors file.</summary>
    private const int MaxTensors = SafetensorsHeader.MaxTensors;

    /// <summary>The tensors by name.</summary>
    /// <exception cref="CheckpointException">The object is neither, or holds something else among the tensors.</exception>
    public static List<KeyValuePair<string, PickleTensor>> Of(object? root, string path)
    {
        if (root is not PickleDict dict)
            throw new CheckpointException(path, null, $"holds {PickleValue.Describe(root)}; expected a dict of tensors by name");
        if (dict.TryGet(InCheckpoint, out object? inner))
        {
            dict = inner as PickleDict
                ?? throw new CheckpointException(path, null, $"its {InCheckpoint} is {PickleValue.Describe(inner)}; expected a dict of tensors by name");
        }

        if (dict.Items.Count > MaxTensors)
            throw new CheckpointException(path, null, $"lists {dict.Items.Count} tensors; the most accepted is {MaxTensors}");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var tensors = new List<KeyValuePair<string, PickleTensor>>(dict.Items.Count);
        foreach (var (key, value) in dict.Items)
        {
            if (key is not string name)
                throw new CheckpointException(path, null, $"lists {PickleValue.Describe(value)} under {PickleValue.Describe(key)}; expected tensors by name");
            if (name.Length == 0) throw new CheckpointException(path, name, "a tensor needs a name");
            if (value is not PickleTensor tensor)
                throw new CheckpointException(path, name, $"is {PickleValue.Describe(value)}; expected a tensor, in a dict of tensors or in a {InCheckpoint}");
            if (!names.Add(name)) throw new CheckpointException(path, name, "is listed twice");
            tensors.Add(new(name, tensor));
        }

        return tensors;
    }
}
