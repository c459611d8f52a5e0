using System.Runtime.InteropServices;

namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>Sentencepiece's own way from text to pieces: normalise the whole text, then segment it as one.</summary>
internal sealed class ModelSegmenter(TextNormalizer normalizer, UnigramModel model) : ITextSegmenter
{
    /// <inheritdoc/>
    public void Segment(ReadOnlySpan<byte> text, PieceSink pieces)
    {
        var normalized = new List<byte>(text.Length + 3);
        normalizer.Normalize(text, normalized);
        model.Segment(CollectionsMarshal.AsSpan(normalized), [normalized.Count], pieces);
    }
}
