using System.Buffers.Binary;
using System.Text;

namespace MuseCluster.Models.Tests.Tokenizers;

/// <summary>Writes a precompiled charsmap: a double array with each node's children in the first block of 256 units that has room.</summary>
internal static class CharsMapBuilder
{
    public static byte[] Build(params (string From, string To)[] rules)
    {
        var table = new List<byte>();
        var keys = new List<(byte[] Key, int Value)>();
        foreach (var (from, to) in rules)
        {
            keys.Add((Encoding.UTF8.GetBytes(from), table.Count));
            table.AddRange(Encoding.UTF8.GetBytes(to));
            table.Add(0);
        }

        var units = new List<uint>();
        var used = new HashSet<int> { 0 };
        Place(0, 0, keys, 0, units, used);
        // Units no one asked for carry a label that cannot be reached: the top bit is set.
        var blob = new byte[4 + (4 * units.Count) + table.Count];
        BinaryPrimitives.WriteInt32LittleEndian(blob, 4 * units.Count);
        for (var i = 0; i < units.Count; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(blob.AsSpan(4 + (4 * i)), units[i]);
        table.CopyTo(blob, 4 + (4 * units.Count));
        return blob;
    }

    /// <summary>The position the root's children are counted from, and the node of the one with label 'a'.</summary>
    public static (int Root, int Node) FirstStep(byte[] charsMap)
    {
        var root = (int)(BinaryPrimitives.ReadUInt32LittleEndian(charsMap.AsSpan(4)) >> 10);
        return (root, root ^ 'a');
    }

    private static void Place(int node, byte label, List<(byte[] Key, int Value)> keys, int depth, List<uint> units, HashSet<int> used)
    {
        var value = keys.FindIndex(key => key.Key.Length == depth);
        var labels = keys.Where(key => key.Key.Length > depth).Select(key => key.Key[depth]).Distinct().ToList();
        var position = 1;
        while (used.Contains(position) || labels.Any(child => used.Contains(position ^ child)))
            position++;
        while (units.Count <= Math.Max(node, position | 0xFF))
            units.AddRange(Enumerable.Repeat(1U << 31, 256));
        used.Add(position);
        units[node] = label | (value >= 0 ? 1U << 8 : 0) | ((uint)(node ^ position) << 10);
        if (value >= 0)
            units[position] = (1U << 31) | (uint)keys[value].Value;
        foreach (var child in labels)
            used.Add(position ^ child);
        foreach (var child in labels)
            Place(position ^ child, child, keys.Where(key => key.Key.Length > depth && key.Key[depth] == child).ToList(), depth + 1, units, used);
    }
}
