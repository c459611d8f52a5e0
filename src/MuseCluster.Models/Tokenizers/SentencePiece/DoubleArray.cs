using System.Buffers.Binary;

namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>
/// A double-array trie as darts-clone writes it (Yata, darts-clone 0.32; <c>DoubleArrayUnit</c>): each unit is 32
/// bits, holding a label in bits 0-7, "has a value" in bit 8, an offset in bits 10-31, shifted by 8 more if bit 9 is set;
/// a value unit has bit 31 set and the value below it. A child of unit p by label c is unit p ^ offset(p) ^ c.
/// </summary>
/// <remarks>
/// Everything reachable is walked once on loading, so that look-ups need no doubt: each transition stays inside the
/// array, none leads back, and no key is longer than <see cref="MaxKeyBytes"/>, which bounds the cost of a look-up.
/// </remarks>
internal sealed class DoubleArray
{
    /// <summary>The longest key accepted. Unicode's longest compatibility sequences have some 20 bytes.</summary>
    public const int MaxKeyBytes = 255;

    private readonly uint[] _units;

    private DoubleArray(uint[] units) => _units = units;

    /// <summary>Reads and checks a trie.</summary>
    /// <param name="bytes">The units, little-endian.</param>
    /// <param name="isValue">Whether a value makes sense to whoever will look it up.</param>
    /// <param name="fault">What is wrong where the result is null.</param>
    public static DoubleArray? TryRead(ReadOnlySpan<byte> bytes, Predicate<int> isValue, out string fault)
    {
        fault = "";
        if (bytes.Length == 0 || bytes.Length % 4 != 0)
        {
            fault = $"a trie of one or more 4-byte units, found {bytes.Length} bytes";
            return null;
        }

        var units = new uint[bytes.Length / 4];
        for (var i = 0; i < units.Length; i++)
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]);
        return Check(units, isValue, ref fault) ? new DoubleArray(units) : null;
    }

    /// <summary>The length of the longest key <paramref name="text"/> starts with, 0 if none, and its value.</summary>
    public int LongestPrefix(ReadOnlySpan<byte> text, out int value)
    {
        value = -1;
        var longest = 0;
        var position = Offset(_units[0]);
        for (var i = 0; i < text.Length; i++)
        {
            position ^= text[i];
            var unit = _units[position];
            if (Label(unit) != text[i])
                break;
            position ^= Offset(unit);
            if (!HasValue(unit))
                continue;
            value = Value(_units[position]);
            longest = i + 1;
        }

        return longest;
    }

    private static uint Label(uint unit) => unit & ((1U << 31) | 0xFF);

    private static bool HasValue(uint unit) => ((unit >> 8) & 1) == 1;

    private static int Value(uint unit) => (int)(unit & int.MaxValue);

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1U << 9)) >> 6);

    /// <summary>
    /// Depth-first over the nodes, each expanded once (a darts trie may share suffixes). <c>height</c> is 0 where not
    /// seen, negative while on the path, else one more than the longest way down.
    /// </summary>
    private static bool Check(uint[] units, Predicate<int> isValue, ref string fault)
    {
        var (first, children) = Children(units);
        var height = new short[units.Length];
        var path = new Stack<(uint Node, int Next)>();
        path.Push((0, -1));
        height[0] = -1;
        while (path.TryPop(out var top))
        {
            var (node, next) = top;
            var position = node ^ Offset(units[node]);
            if (next < 0)
            {
                // Darts fills blocks of 256 units: a node whose block is cut short could send a look-up outside.
                if ((position | 0xFF) >= (uint)units.Length)
                {
                    fault = $"a trie that stays inside its {units.Length} units, but unit {node} points to {position}";
                    return false;
                }

                if (node != 0 && HasValue(units[node]) && !isValue(Value(units[position])))
                {
                    fault = $"a trie whose values point to NUL-terminated strings of the table, but unit {node} has {Value(units[position])}";
                    return false;
                }

                next = first[position];
            }

            var descended = false;
            while (next < first[position + 1] && !descended)
            {
                var child = children[next];
                if (height[child] < 0)
                {
                    fault = $"a trie without cycles, but unit {node} leads back to {child}";
                    return false;
                }

                if (height[child] == 0)
                {
                    // Comes back to the same child, whose height is known by then.
                    path.Push((node, next));
                    path.Push((child, -1));
                    height[child] = -1;
                    descended = true;
                }
                else
                {
                    height[node] = (short)Math.Min(height[node], -1 - height[child]);
                    next++;
                }
            }

            if (descended)
                continue;
            height[node] = (short)-height[node];
            if (height[node] > MaxKeyBytes + 1)
            {
                fault = $"a trie with keys of at most {MaxKeyBytes} bytes";
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Sorts the units by the position they would be children of, their index without their label: the children of
    /// position p are <c>children[first[p]..first[p + 1]]</c>. Spares trying 256 labels at every node.
    /// </summary>
    private static (int[] First, uint[] Children) Children(uint[] units)
    {
        var first = new int[units.Length + 1];
        for (var i = 0u; i < units.Length; i++)
        {
            if ((i ^ Label(units[i])) is var position && position < units.Length)
                first[position]++;
        }

        for (var p = 1; p < first.Length; p++)
            first[p] += first[p - 1];
        var children = new uint[first[^1]];
        for (var i = 0u; i < units.Length; i++)
        {
            if ((i ^ Label(units[i])) is var position && position < units.Length)
                children[--first[position]] = i;
        }

        return (first, children);
    }
}
