using System.Runtime.InteropServices;

namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>
/// Sentencepiece's normalisation, <c>Normalizer::Normalize</c> of normalizer.cc 0.1.97, byte for byte: replacement
/// rules, user-defined symbols left as they are, spaces tidied and made visible.
/// </summary>
internal sealed class TextNormalizer
{
    private readonly CharsMap _charsMap;
    private readonly NormalizerOptions _options;
    private readonly ByteTrie? _symbols;

    /// <summary>Prepares the normalisation.</summary>
    /// <param name="charsMap">The replacement rules.</param>
    /// <param name="options">The other settings.</param>
    /// <param name="symbols">Symbols no rule may touch, or null.</param>
    public TextNormalizer(CharsMap charsMap, NormalizerOptions options, ByteTrie? symbols)
    {
        _charsMap = charsMap;
        _options = options;
        _symbols = symbols is null || symbols.IsEmpty ? null : symbols;
    }

    /// <summary>Appends the normal form of <paramref name="text"/> to the empty list <paramref name="output"/>.</summary>
    public void Normalize(ReadOnlySpan<byte> text, List<byte> output)
    {
        if (_options.RemoveExtraWhitespaces)
        {
            while (!text.IsEmpty)
            {
                var used = ReplacePrefix(text, out var replacement);
                if (!replacement.SequenceEqual(" "u8))
                    break;
                text = text[used..];
            }
        }

        // Before the dummy prefix: text of spaces only is empty, not one space.
        if (text.IsEmpty)
            return;
        if (_options.AddDummyPrefix && !_options.WhitespaceAsSuffix)
            AddSpace(output);

        var afterSpace = _options.RemoveExtraWhitespaces;
        while (!text.IsEmpty)
        {
            var used = ReplacePrefix(text, out var replacement);
            text = text[used..];
            if (afterSpace)
                replacement = replacement.TrimStart((byte)' ');
            if (!replacement.IsEmpty)
            {
                Append(replacement, output);
                // An empty replacement keeps the state: a control character between two spaces does not save the second.
                afterSpace = _options.RemoveExtraWhitespaces && replacement[^1] == ' ';
            }
        }

        if (_options.RemoveExtraWhitespaces)
            TrimEnd(output, _options.EscapeWhitespaces ? Utf8Character.Space : " "u8);
        if (_options.AddDummyPrefix && _options.WhitespaceAsSuffix)
            AddSpace(output);
    }

    private int ReplacePrefix(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        if (_symbols is not null && _symbols.LongestPrefix(text, out _) is var length and > 0)
        {
            replacement = text[..length];
            return length;
        }

        return _charsMap.ReplacePrefix(text, out replacement);
    }

    private void Append(ReadOnlySpan<byte> text, List<byte> output)
    {
        if (!_options.EscapeWhitespaces || !text.Contains((byte)' '))
        {
            output.AddRange(text);
            return;
        }

        foreach (var value in text)
        {
            if (value == ' ')
                AddSpace(output);
            else
                output.Add(value);
        }
    }

    private void AddSpace(List<byte> output) => output.AddRange(_options.EscapeWhitespaces ? Utf8Character.Space : " "u8);

    private static void TrimEnd(List<byte> output, ReadOnlySpan<byte> space)
    {
        var text = CollectionsMarshal.AsSpan(output);
        while (text.EndsWith(space))
            text = text[..^space.Length];
        CollectionsMarshal.SetCount(output, text.Length);
    }
}
