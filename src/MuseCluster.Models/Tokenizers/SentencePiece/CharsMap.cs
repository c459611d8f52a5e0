using System.Buffers.Binary;

namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>
/// Sentencepiece's precompiled normalisation rules: four bytes with the length of a double-array trie, the trie, whose
/// keys are what to replace, and a table of NUL-terminated strings, into which the trie's values point
/// (<c>Normalizer::DecodePrecompiledCharsMap</c> in normalizer.cc).
/// </summary>
internal sealed class CharsMap
{
    /// <summary>
    /// The longest replacement accepted. Unicode's longest has 33 bytes; without a bound a damaged table could
    /// make a short text grow by the table's size for every character.
    /// </summary>
    public const int MaxReplacementBytes = 4096;

    private readonly DoubleArray? _trie;
    private readonly ReadOnlyMemory<byte> _table;

    private CharsMap(DoubleArray? trie, ReadOnlyMemory<byte> table)
    {
        _trie = trie;
        _table = table;
    }

    /// <summary>No rules: only invalid bytes are replaced.</summary>
    public static CharsMap Identity { get; } = new(null, default);

    /// <summary>Reads and checks the rules; an empty blob means none.</summary>
    /// <param name="blob">The rules; kept, and not to be changed afterwards.</param>
    /// <param name="file">The file, for errors.</param>
    /// <param name="field">The field that holds them, for errors.</param>
    /// <exception cref="TokenizerFormatException">The blob is not such a map.</exception>
    public static CharsMap Read(ReadOnlyMemory<byte> blob, string file, string field)
    {
        if (blob.IsEmpty)
            return Identity;
        var size = blob.Length <= 4 ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(blob.Span);
        if (size > blob.Length - 4)
            throw new TokenizerFormatException(file, field, $"the length of a trie within the {blob.Length} bytes, then the trie");
        var table = blob[(4 + (int)size)..];
        var trie = DoubleArray.TryRead(blob.Span.Slice(4, (int)size), value => IsReplacement(table.Span, value), out var fault)
            ?? throw new TokenizerFormatException(file, field, fault);
        return new CharsMap(trie, table);
    }

    /// <summary>
    /// Applies the longest rule at the start of <paramref name="text"/> (<c>Normalizer::NormalizePrefix</c>). Where
    /// none applies, a valid character stays and an invalid byte becomes U+FFFD.
    /// </summary>
    /// <param name="text">At least one byte.</param>
    /// <param name="replacement">What stands in its place.</param>
    /// <returns>The number of bytes replaced, at least 1.</returns>
    public int ReplacePrefix(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        if (_trie is not null && _trie.LongestPrefix(text, out var value) is var matched and > 0)
        {
            replacement = _table.Span[value..];
            replacement = replacement[..replacement.IndexOf((byte)0)];
            return matched;
        }

        var length = Utf8Character.ValidLength(text);
        replacement = length > 0 ? text[..length] : Utf8Character.Replacement;
        return Math.Max(length, 1);
    }

    private static bool IsReplacement(ReadOnlySpan<byte> table, int value)
    {
        if (value >= table.Length)
            return false;
        var rest = table[value..];
        return rest[..Math.Min(rest.Length, MaxReplacementBytes + 1)].Contains((byte)0);
    }
}
