namespace MuseCluster.Models.Checkpoints.Pickle;

// What a pickle's objects become. None, True, integers, floats, strings, tuples and lists are null, bool, long, double,
// string, object?[] and List<object?>; the rest is below. Objects may hold each other in circles, so nothing here may be
// walked recursively.

/// <summary>A dict or OrderedDict: its items in the order they were set, each of a key set twice.</summary>
internal sealed class PickleDict
{
    /// <summary>Keys and values.</summary>
    public List<KeyValuePair<object?, object?>> Items { get; } = [];

    /// <summary>The last value set for a text key, as Python would find it.</summary>
    public bool TryGet(string key, out object? value)
    {
        for (int i = Items.Count - 1; i >= 0; i--)
        {
            if (Items[i].Key is not string found || found != key) continue;
            value = Items[i].Value;
            return true;
        }

        value = null;
        return false;
    }
}

/// <summary>A storage that a persistent id names: <c>('storage', type, key, location, elements)</c>.</summary>
/// <param name="Type">The global of its element type, such as <c>torch.FloatStorage</c>.</param>
/// <param name="Key">The name of its entry under <c>data/</c>.</param>
/// <param name="Count">Its elements, not negative.</param>
internal sealed record PickleStorage(PickleGlobal Type, string Key, long Count);

/// <summary>A tensor as <c>torch._utils._rebuild_tensor_v2</c> is told of it: a view of a storage. Nothing is checked against the file yet.</summary>
/// <param name="Storage">Where its elements lie.</param>
/// <param name="Offset">The first one, in elements.</param>
/// <param name="Shape">Dimensions, none negative, at most <see cref="TensorEntry.MaxRank"/>.</param>
/// <param name="Strides">Elements from one index to the next of each dimension, none negative.</param>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, long[] Shape, long[] Strides);

/// <summary>Names of values for messages.</summary>
internal static class PickleValue
{
    /// <summary>What a value is, as in "a dict".</summary>
    public static string Describe(object? value) => value switch
    {
        null => "None",
        bool => "a bool",
        long => "an int",
        double => "a float",
        string => "a str",
        object?[] => "a tuple",
        List<object?> => "a list",
        PickleDict => "a dict",
        PickleGlobal global => $"the global {global.Name}",
        PickleStorage => "a storage",
        PickleTensor => "a tensor",
        _ => value.GetType().Name,
    };
}
