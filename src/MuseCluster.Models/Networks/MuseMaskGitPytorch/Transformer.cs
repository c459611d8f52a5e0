using MuseCluster.Models.Checkpoints;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.MuseMaskGitPytorch;

/// <summary>
/// The transformer of muse-maskgit-pytorch (<c>Transformer</c> of <c>muse_maskgit_pytorch.py</c>), which serves as base, as
/// super-resolution and as critic (<see cref="TransformerRole"/>). Parameters have the reference's names; the reference has a
/// normalisation that it never uses, <c>norm</c>, and checkpoints have its weights.
/// </summary>
public sealed class Transformer : nn.Module
{
    private const long SelfCondMult = 4;

    private readonly GammaNorm norm;
    private readonly Linear? text_embed_proj;

    /// <summary>Makes a transformer with new weights, drawn as PyTorch's layers draw theirs.</summary>
    /// <param name="config">The model.</param>
    /// <exception cref="ArgumentException">The config is not valid; names the fields.</exception>
    public Transformer(TransformerConfig config)
        : base(nameof(Transformer))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        Config = config;
        token_emb = nn.Embedding(config.TableSize, config.Dim);
        pos_emb = nn.Embedding(config.SeqLen, config.Dim);
        transformer_blocks = new TransformerBlocks(config);
        norm = new GammaNorm(config.Dim);
        to_logits = nn.Linear(config.Dim, config.OutputSize, hasBias: false);
        text_embed_proj = config.TextEmbedDim == config.Dim ? null : nn.Linear(config.TextEmbedDim, config.Dim, hasBias: false);
        self_cond_to_init_embed = new GatedFeedForward(config.Dim, SelfCondMult);
        RegisterComponents();
    }

    /// <summary>The model.</summary>
    public TransformerConfig Config { get; }

    /// <summary>Tokens to vectors.</summary>
    internal Embedding token_emb { get; }

    /// <summary>Positions to vectors.</summary>
    internal Embedding pos_emb { get; }

    /// <summary>The layers.</summary>
    internal TransformerBlocks transformer_blocks { get; }

    /// <summary>States to logits.</summary>
    internal Linear to_logits { get; }

    /// <summary>The states of a former pass to what is added to the embeddings.</summary>
    internal GatedFeedForward self_cond_to_init_embed { get; }

    /// <summary>Loads a transformer for inference: its parameters ask for no gradients.</summary>
    /// <param name="config">The model.</param>
    /// <param name="checkpoint">Its weights.</param>
    /// <param name="prefix">What stands before the names, such as <c>transformer.</c> in a checkpoint of the reference's <c>MaskGit</c>.</param>
    /// <param name="device">Where the weights go; null for the CPU.</param>
    /// <param name="dtype">Their type.</param>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected or of the wrong shape; lists all.</exception>
    /// <exception cref="ArgumentException">The config is not valid; names the fields.</exception>
    public static Transformer Load(TransformerConfig config, Checkpoint checkpoint, string prefix = "", Device? device = null, ScalarType dtype = float32) =>
        CheckpointTensors.Load(() => new Transformer(config), checkpoint, device, dtype, prefix);

    /// <summary>Predicts codes, or judges them.</summary>
    /// <param name="ids">[B, N] int64 codes and masks, N at most <see cref="TransformerConfig.SeqLen"/>.</param>
    /// <param name="text">[B, S, text_embed_dim] states of the text. A position that is all zeros is padding and is hidden.</param>
    /// <param name="conditioningIds">[B, ...] int64 codes of a smaller picture, which are attended to like the text; null for none.</param>
    /// <param name="selfCond">[B, N, dim] states of a former pass; null for zeros. Not looked at unless <see cref="TransformerConfig.SelfCond"/>.</param>
    /// <param name="dropText">Hides the whole text, as training does at times: the unconditional pass of guidance.</param>
    /// <returns>Logits [B, N, <see cref="TransformerConfig.OutputSize"/>], and the states they come from, [B, N, dim].</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public (Tensor Logits, Tensor States) forward(
        Tensor ids, Tensor text, Tensor? conditioningIds = null, Tensor? selfCond = null, bool dropText = false)
    {
        CheckShapes(ids, text, conditioningIds, selfCond);
        using DisposeScope scope = NewDisposeScope();
        (Tensor context, Tensor hidden) = Context(text, conditioningIds, dropText);
        Tensor input = token_emb.forward(ids).add(pos_emb.weight.narrow(0, 0, ids.size(1)));
        if (Config.SelfCond) input = input.add(self_cond_to_init_embed.forward(selfCond ?? zeros(input.shape, input.dtype, input.device)));
        Tensor states = transformer_blocks.forward(input, context, hidden);
        return scope.MoveToOuter(to_logits.forward(states), states);
    }

    /// <summary>A text as the layers see it.</summary>
    /// <param name="text">[B, S, text_embed_dim].</param>
    /// <returns>[B, S, dim].</returns>
    internal Tensor Text(Tensor text) => text_embed_proj is null ? text : text_embed_proj.forward(text);

    private (Tensor Context, Tensor Hidden) Context(Tensor text, Tensor? conditioningIds, bool dropText)
    {
        Tensor context = Text(text);
        Tensor shown = text.ne(0).any(-1);
        if (dropText) shown = zeros(shown.shape, torch.@bool, shown.device);
        long batch = text.size(0);
        Tensor always = ones([batch, 1], torch.@bool, shown.device);
        if (conditioningIds is null) return (context, Hidden([always, shown]));
        Tensor codes = token_emb.forward(conditioningIds.flatten(1));
        return (cat([context, codes], -2), Hidden([always, shown, always.expand(batch, codes.size(1))]));
    }

    private static Tensor Hidden(Tensor[] shown) => cat(shown, -1).logical_not().unsqueeze(1).unsqueeze(1);

    private void CheckShapes(Tensor ids, Tensor text, Tensor? conditioningIds, Tensor? selfCond)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(text);
        if (ids.ndim != 2 || ids.size(1) < 1 || ids.size(1) > Config.SeqLen)
            throw new ArgumentException($"ids has shape {Show(ids)}; expected [B, N] with N from 1 to {Config.SeqLen}", nameof(ids));
        long batch = ids.size(0), length = ids.size(1);
        if (text.ndim != 3 || text.size(0) != batch || text.size(2) != Config.TextEmbedDim)
            throw new ArgumentException($"text has shape {Show(text)}; expected [{batch}, S, {Config.TextEmbedDim}]", nameof(text));
        if (conditioningIds is not null && (conditioningIds.ndim < 2 || conditioningIds.size(0) != batch))
            throw new ArgumentException($"conditioningIds has shape {Show(conditioningIds)}; expected [{batch}, ...]", nameof(conditioningIds));
        if (Config.SelfCond && selfCond is not null && !selfCond.shape.SequenceEqual([batch, length, Config.Dim]))
            throw new ArgumentException($"selfCond has shape {Show(selfCond)}; expected [{batch}, {length}, {Config.Dim}]", nameof(selfCond));
    }

    private static string Show(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
