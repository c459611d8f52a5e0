using System.Collections.Frozen;
using System.Globalization;

namespace MuseCluster.Models.Tokenizers.Unicode;

/// <summary>
/// The Unicode Character Database's part of normalisation, from the embedded <c>canonical.txt</c>. The runtime has it too, but
/// only with a library for other languages that this project does without (invariant globalization).
/// </summary>
internal sealed class CanonicalData
{
    private readonly FrozenDictionary<int, int[]> _decompositions;
    private readonly FrozenDictionary<(int First, int Second), int> _compositions;
    private readonly FrozenDictionary<int, byte> _classes;

    private CanonicalData()
    {
        var decompositions = new Dictionary<int, int[]>();
        var compositions = new Dictionary<(int, int), int>();
        var classes = new Dictionary<int, byte>();
        foreach (string line in Lines())
        {
            if (line.IndexOf(':') is var colon and > 0)
            {
                int dash = line.IndexOf('-');
                for (int code = Hex(line[..dash]); code <= Hex(line[(dash + 1)..colon]); code++)
                    classes.Add(code, byte.Parse(line[(colon + 1)..], CultureInfo.InvariantCulture));
                continue;
            }

            int sign = line.IndexOfAny(['=', '!']);
            int whole = Hex(line[..sign]);
            int[] parts = [.. line[(sign + 1)..].Split('+').Select(Hex)];
            decompositions.Add(whole, parts);
            if (line[sign] == '=' && parts.Length == 2) compositions.Add((parts[0], parts[1]), whole);
        }

        _decompositions = decompositions.ToFrozenDictionary();
        _compositions = compositions.ToFrozenDictionary();
        _classes = classes.ToFrozenDictionary();
    }

    /// <summary>The data, read when first asked for.</summary>
    public static CanonicalData Instance { get; } = new();

    /// <summary>What a character stands for, one step down; null if for itself.</summary>
    public int[]? Decomposition(int code) => _decompositions.GetValueOrDefault(code);

    /// <summary>The character that two make together; false if there is none.</summary>
    public bool TryCompose(int first, int second, out int whole) => _compositions.TryGetValue((first, second), out whole);

    /// <summary>The combining class: 0 for what stands by itself.</summary>
    public byte CombiningClass(int code) => _classes.GetValueOrDefault(code);

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Lines()
    {
        using var stream = typeof(CanonicalData).Assembly.GetManifestResourceStream("canonical.txt")
            ?? throw new InvalidOperationException("The resource canonical.txt is not in the assembly.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (!line.StartsWith('#'))
                yield return line;
    }
}
