using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.MuseMaskGitPytorch;

/// <summary>
/// <see cref="Transformer"/> as masked decoding runs it: the text's keys and values, and for super-resolution those of the smaller
/// picture's codes, are computed once per picture instead of at every step, the grid is embedded once for all groups of a
/// picture, and logits are computed only where they are asked for. The numbers are those of <see cref="Transformer.forward"/> up to rounding.
/// </summary>
/// <remarks>
/// A self-conditioned network gets zeros for the states of a former pass at every step, as the reference's <c>MaskGit.generate</c>
/// gives them at its first step and training gives them with probability 1 - <c>self_cond_prob</c>: later steps of the reference
/// pass states on, and a picture's whole state between steps is its grid and step. Nor is a token critic asked: the rule's scores are
/// those that the reference falls back to without one. The reference decodes a base grid to pixels and encodes these to condition
/// super-resolution; here the codes themselves are taken.
/// </remarks>
public sealed class MaskedTransformer : IMaskedTransformer
{
    private readonly Transformer model;
    private readonly Tensor places;

    /// <summary>Takes a network.</summary>
    /// <param name="model">The network; owned by this object.</param>
    /// <param name="superres">Whether it is conditioned on the codes of a smaller picture, of the same codebook.</param>
    /// <exception cref="ConfigException">It is a critic, or its grids are no squares.</exception>
    public MaskedTransformer(Transformer model, bool superres)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = model;
        Shape = ShapeOf(model.Config, superres);
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor at = model.pos_emb.weight.narrow(0, 0, Shape.Tokens);
        // What self-conditioning makes of zeros is the same at every place. A network that is only looked at has no numbers to make it of.
        places = (model.Config.SelfCond && at.device.type != DeviceType.META ? at.add(model.self_cond_to_init_embed.forward(zeros_like(at.narrow(0, 0, 1)))) : at.clone()).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public MaskedTransformerShape Shape { get; }

    /// <summary>What masked decoding has to know of such a network.</summary>
    /// <param name="config">The network.</param>
    /// <param name="superres">Whether it is conditioned on the codes of a smaller picture.</param>
    /// <exception cref="ConfigException">It is a critic, or its grids are no squares.</exception>
    public static MaskedTransformerShape ShapeOf(TransformerConfig config, bool superres)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.CheckDecodable();
        return config.Shape with { Low = superres ? new LowGridShape(config.NumTokens, null) : null };
    }

    /// <inheritdoc/>
    public Conditioning Condition(ConditioningInput input)
    {
        if (Shape.Low is not null && input.LowGrid is null)
            throw new ArgumentException("LowGrid is missing: super-resolution needs the smaller picture's codes.", nameof(input));
        long[] sizes = input.Prompt.Embeddings.shape;
        if (sizes.Length != 3 || sizes[2] != Shape.Prompt.Width)
            throw new ArgumentException($"Prompt.Embeddings has shape [{string.Join(", ", sizes)}]; expected [N, S, {Shape.Prompt.Width}].", nameof(input));
        using DisposeScope scope = NewDisposeScope();
        Tensor context = model.Text(input.Prompt.Embeddings), hidden = Conditioning.BiasOf(input.Prompt.Mask);
        // No mask hides the learned key, which stands first, nor a code.
        Tensor Shown(long keys) => zeros([sizes[0], 1, 1, keys], hidden.dtype, hidden.device);
        Tensor bias = cat([Shown(1), hidden], -1);
        if (Shape.Low is not null)
        {
            Tensor codes = model.token_emb.forward(input.LowGrid!.flatten(1));
            (context, bias) = (cat([context, codes], 1), cat([bias, Shown(codes.size(1))], -1));
        }

        return Conditioning.Of(model.transformer_blocks.layers.Select(l => l.Project(context)).Select(p => (p.Keys.contiguous(), p.Values.contiguous())), bias).MoveToOuter(scope);
    }

    /// <inheritdoc/>
    public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = layout.Share(model.token_emb.forward(tokens.flatten(1)).add(places));
        Tensor shown = zeros([layout.Sequences, 1, 1, 1 + layout.Positions], x.dtype, x.device);
        for (int i = 0; i < model.transformer_blocks.layers.Count; i++)
            x = model.transformer_blocks.layers[i].Rows(x, layout, conditioning, i, shown);
        Tensor chosen = layout.Choose(x, rows);
        return scope.MoveToOuter(model.to_logits.forward(model.transformer_blocks.norm.forward(chosen)).to(float32));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        places.Dispose();
        model.Dispose();
    }
}
