using MuseCluster.Models.Networks.Clip;
using MuseCluster.Models.Tokenizers.Clip;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Prompts;

/// <summary>
/// Texts by CLIP's text encoder: with its projection as aMUSEd takes them (arXiv 2401.01808, section 3; diffusers'
/// <c>pipelines/amused/pipeline_amused.py</c>), without it as open-muse's MaskGIT does (<c>muse/pipeline_muse.py</c>).
/// </summary>
/// <param name="tokenizer">CLIP's tokenizer.</param>
/// <param name="encoder">The frozen text encoder; owned by this object.</param>
/// <param name="length">Positions per text; longer texts are cut before their end mark.</param>
/// <param name="use">Which of its states are taken.</param>
/// <param name="pooled">Whether the projected vector of the whole text is taken too; needs a projection.</param>
/// <param name="device">Where the encoder is; null for the CPU.</param>
public sealed class ClipPromptEncoder(ClipTokenizer tokenizer, ClipTextEncoder encoder, int length, TextUse use, bool pooled, Device? device = null) : IPromptEncoder
{
    /// <inheritdoc/>
    public PromptShape Shape => new(length, encoder.Config.HiddenSize, pooled ? encoder.Config.ProjectionDim : 0);

    /// <inheritdoc/>
    public PromptEmbedding Encode(string text)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var ids = tensor(Array.ConvertAll(tokenizer.EncodeToRow(text, length), id => (long)id), [1, length]).to(device ?? CPU);
        // The encoder is causal: what it makes of the text does not depend on the padding behind.
        var output = encoder.forward(ids);
        var shown = use.EmptyIsNone && text.Length == 0 ? 0 : use.Padding ? length : Math.Min(length, tokenizer.EncodeToIds(text).Length);
        return new PromptEmbedding(
            scope.MoveToOuter((use.Penultimate ? output.Penultimate : output.LastHiddenState).to(float32)),
            scope.MoveToOuter(arange(length, int64).lt(shown).unsqueeze(0).to(device ?? CPU)),
            pooled ? scope.MoveToOuter(output.TextEmbeds ?? throw new InvalidOperationException("The text encoder has no projection; the transformers take one.")) : null);
    }

    /// <inheritdoc/>
    public void Dispose() => encoder.Dispose();
}
