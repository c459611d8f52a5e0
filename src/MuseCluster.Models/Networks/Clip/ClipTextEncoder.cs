using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Clip;

/// <summary>
/// CLIP's text encoder (arXiv 2103.00020, section 2.4): token ids to a vector each, and to one for the whole text. Its
/// parameters have the names of HuggingFace's <c>CLIPTextModelWithProjection</c>, or without the projection those of
/// <c>CLIPTextModel</c>. Nothing is dropped out.
/// </summary>
/// <remarks>
/// Attention is causal, so that a position's vector does not depend on what follows it: padding behind the end of a text needs
/// no mask, and aMUSEd gives none. Made by <see cref="ClipTextCheckpoint"/>.
/// </remarks>
public sealed class ClipTextEncoder : nn.Module
{
    private readonly ClipTextTransformer text_model;
    private readonly Projection? text_projection;

    internal ClipTextEncoder(ClipTextConfig config, bool projected)
        : base(nameof(ClipTextEncoder))
    {
        config.Validate();
        Config = config;
        text_model = new ClipTextTransformer(config);
        text_projection = projected ? new Projection(config.HiddenSize, config.ProjectionDim, hasBias: false) : null;
        RegisterComponents();
    }

    /// <summary>The model.</summary>
    public ClipTextConfig Config { get; }

    /// <summary>Encodes texts.</summary>
    /// <param name="ids">[B, L] int64 on the weights' device, each in [0, vocab_size); L at most max_position_embeddings.</param>
    /// <param name="mask">[B, L], bool or integer: zero at positions that no other may see. Null if there are none.</param>
    /// <returns>What the network makes of them.</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public ClipTextOutput forward(Tensor ids, Tensor? mask = null)
    {
        CheckShapes(ids, mask);
        using DisposeScope scope = NewDisposeScope();
        var states = new List<Tensor>();
        Tensor last = text_model.forward(ids, mask, states);
        Tensor pooled = last.flatten(0, 1).index_select(0, Ends(ids));
        Tensor? embeds = text_projection?.forward(pooled).to(float32);
        foreach (Tensor state in states) scope.MoveToOuter(state);
        return new ClipTextOutput(
            scope.MoveToOuter(last.to(float32)), states, scope.MoveToOuter(pooled.to(float32)), embeds is null ? null : scope.MoveToOuter(embeds));
    }

    /// <summary>
    /// Where each text ends, as rows of [B * L]: at the first end of text, or, by the rule that transformers keeps for
    /// <see cref="ClipTextConfig.LegacyEosTokenId"/>, at the first of the largest id.
    /// </summary>
    private Tensor Ends(Tensor ids)
    {
        Tensor ends = Config.EosTokenId == ClipTextConfig.LegacyEosTokenId
            ? ids.argmax(-1)
            : ids.eq(Config.EosTokenId).to(int32).argmax(-1);
        return ends.add(arange(ids.size(0), int64, ids.device).mul(ids.size(1)));
    }

    private void CheckShapes(Tensor ids, Tensor? mask)
    {
        ArgumentNullException.ThrowIfNull(ids);
        long[] shape = ids.shape;
        if (shape.Length != 2 || shape[1] == 0 || shape[1] > Config.MaxPositionEmbeddings)
        {
            throw new ArgumentException(
                $"ids has shape [{string.Join(", ", shape)}]; expected [B, L] with L from 1 to max_position_embeddings ({Config.MaxPositionEmbeddings})", nameof(ids));
        }

        if (mask is not null && !mask.shape.AsSpan().SequenceEqual(shape))
            throw new ArgumentException($"mask has shape [{string.Join(", ", mask.shape)}]; expected that of ids, [{string.Join(", ", shape)}]", nameof(mask));
    }
}
