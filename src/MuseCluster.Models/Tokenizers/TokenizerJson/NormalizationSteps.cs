using System.Text;
using MuseCluster.Models.Tokenizers.SentencePiece;

namespace MuseCluster.Models.Tokenizers.TokenizerJson;

/// <summary>One step from raw to normalised text.</summary>
internal interface INormalizationStep
{
    /// <summary>Appends the new form of <paramref name="text"/> to the empty list <paramref name="output"/>.</summary>
    void Apply(ReadOnlySpan<byte> text, List<byte> output);
}

/// <summary><c>Precompiled</c>: sentencepiece's replacement rules, by longest match as in sentencepiece.</summary>
internal sealed class CharsMapStep(CharsMap charsMap) : INormalizationStep
{
    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<byte> text, List<byte> output)
    {
        while (!text.IsEmpty)
        {
            var used = charsMap.ReplacePrefix(text, out var replacement);
            output.AddRange(replacement);
            text = text[used..];
        }
    }
}

/// <summary><c>Replace</c> with a literal pattern.</summary>
internal sealed class ReplaceTextStep(byte[] pattern, byte[] content) : INormalizationStep
{
    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<byte> text, List<byte> output)
    {
        while (text.IndexOf(pattern) is var at and >= 0)
        {
            output.AddRange(text[..at]);
            output.AddRange(content);
            text = text[(at + pattern.Length)..];
        }

        output.AddRange(text);
    }
}

/// <summary><c>Replace</c> with a pattern of one character repeated, such as <c> {2,}</c>; each run becomes one content.</summary>
/// <param name="unit">The character, or null for any white space.</param>
/// <param name="minimum">The shortest run replaced, in characters.</param>
/// <param name="content">What takes the run's place.</param>
internal sealed class ReplaceRunStep(Rune? unit, int minimum, byte[] content) : INormalizationStep
{
    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<byte> text, List<byte> output)
    {
        while (!text.IsEmpty)
        {
            var (length, count) = (0, 0);
            var used = 0;
            while (length < text.Length && Matches(text[length..], out used))
            {
                length += used;
                count++;
            }

            if (count == 0)
                length = used;
            if (count >= minimum)
                output.AddRange(content);
            else
                output.AddRange(text[..length]);
            text = text[length..];
        }
    }

    private bool Matches(ReadOnlySpan<byte> text, out int used)
    {
        // Bytes that are not UTF-8 decode to U+FFFD, which a pattern could name: they match nothing.
        var status = Rune.DecodeFromUtf8(text, out var rune, out used);
        return status == System.Buffers.OperationStatus.Done && (unit is { } wanted ? rune == wanted : Rune.IsWhiteSpace(rune));
    }
}

/// <summary><c>Strip</c>: drops white space at the ends.</summary>
internal sealed class StripStep(bool left, bool right) : INormalizationStep
{
    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<byte> text, List<byte> output)
    {
        if (right)
            text = text[..AddedTokenSplitter.TrimmedEnd(text)];
        if (left)
            text = text[AddedTokenSplitter.TrimmedStart(text)..];
        output.AddRange(text);
    }
}

/// <summary><c>Prepend</c>: puts text before any text that is not empty.</summary>
internal sealed class PrependStep(byte[] prefix) : INormalizationStep
{
    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<byte> text, List<byte> output)
    {
        if (text.IsEmpty)
            return;
        output.AddRange(prefix);
        output.AddRange(text);
    }
}
