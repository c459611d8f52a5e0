using System.Runtime.InteropServices;
using System.Text;
using MuseCluster.Models.Tokenizers.SentencePiece;

namespace MuseCluster.Models.Tokenizers.TokenizerJson;

/// <summary>
/// Hugging Face's way from text to pieces: cut out added tokens, normalise what is between them, cut out those that
/// are looked for in normalised text, cut the rest into words, segment the words.
/// </summary>
internal sealed class PipelineSegmenter : ITextSegmenter
{
    private readonly AddedTokenSplitter _rawTokens;
    private readonly AddedTokenSplitter _normalizedTokens;
    private readonly Normalization _normalization;
    private readonly PreTokenization _preTokenization;
    private readonly UnigramModel _model;

    /// <summary>Puts the pipeline together.</summary>
    public PipelineSegmenter(
        IReadOnlyList<AddedToken> tokens, Normalization normalization, PreTokenization preTokenization, UnigramModel model)
    {
        _normalization = normalization;
        _preTokenization = preTokenization;
        _model = model;
        var patterns = tokens.ToLookup(token => token.Normalized, token => (token, Encoding.UTF8.GetBytes(token.Content)));
        _rawTokens = new AddedTokenSplitter(patterns[false]);
        // Such a token is found where normalised text reads like the token normalised.
        _normalizedTokens = new AddedTokenSplitter(
            patterns[true].Select(entry => (entry.token, normalization.Apply(entry.Item2).ToArray())));
    }

    /// <inheritdoc/>
    public void Segment(ReadOnlySpan<byte> text, PieceSink pieces) =>
        _rawTokens.Split(text, (part, start, token) =>
        {
            if (token is null)
                SegmentBetweenTokens(part, start == 0, pieces);
            else
                pieces.Add(token.Id, part);
        });

    private void SegmentBetweenTokens(ReadOnlySpan<byte> text, bool atTextStart, PieceSink pieces)
    {
        var normalized = _normalization.Apply(text);
        _normalizedTokens.Split(CollectionsMarshal.AsSpan(normalized), (part, start, token) =>
        {
            if (token is not null)
            {
                pieces.Add(token.Id, part);
                return;
            }

            var words = _preTokenization.Apply([.. part], atTextStart && start == 0);
            _model.Segment(CollectionsMarshal.AsSpan(words.Text), CollectionsMarshal.AsSpan(words.Ends), pieces);
        });
    }
}
