using MuseCluster.Models.Networks.Clip;
using MuseCluster.Models.Tokenizers.Clip;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Prompts;

/// <summary>
/// Texts by CLIP's text encoder with its projection, as aMUSEd takes them (arXiv 2401.01808, section 3; diffusers'
/// <c>pipelines/amused/pipeline_amused.py</c>): the input of the last block at every position, padding included, and the
/// projected vector of the whole text.
/// </summary>
/// <param name="tokenizer">CLIP's tokenizer.</param>
/// <param name="encoder">The frozen text encoder, with a projection; owned by this object.</param>
/// <param name="length">Positions per text; longer texts are cut before their end mark.</param>
/// <param name="device">Where the encoder is; null for the CPU.</param>
public sealed class ClipPromptEncoder(ClipTokenizer tokenizer, ClipTextEncoder encoder, int length, Device? device = null) : IPromptEncoder
{
    /// <inheritdoc/>
    public PromptShape Shape => new(length, encoder.Config.HiddenSize, encoder.Config.ProjectionDim);

    /// <inheritdoc/>
    public PromptEmbedding Encode(string text)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var ids = tensor(Array.ConvertAll(tokenizer.EncodeToRow(text, length), id => (long)id), [1, length]).to(device ?? CPU);
        var output = encoder.forward(ids);
        return new PromptEmbedding(
            scope.MoveToOuter(output.Penultimate.to(float32)),
            scope.MoveToOuter(ids.ge(0)),
            scope.MoveToOuter(output.TextEmbeds ?? throw new InvalidOperationException("The text encoder has no projection; aMUSEd needs one.")));
    }

    /// <inheritdoc/>
    public void Dispose() => encoder.Dispose();
}
