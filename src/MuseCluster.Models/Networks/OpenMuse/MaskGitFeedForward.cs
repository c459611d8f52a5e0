using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.OpenMuse;

/// <summary>
/// open-muse's feed-forward layer (<c>FeedForward</c> of <c>muse/modeling_transformer.py</c>): wo(norm(gelu(wi_0(x)) * wi_1(x))) of
/// a normalised x. The first normalisation is a layer normalisation whatever <c>norm_type</c> says.
/// </summary>
public sealed class MaskGitFeedForward : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> before;
    private readonly nn.Module<Tensor, Tensor>? between;
    private readonly Linear active;
    private readonly Linear gated;
    private readonly Linear outer;

    /// <summary>Makes a layer.</summary>
    /// <param name="config">The model.</param>
    public MaskGitFeedForward(MaskGitConfig config)
        : base(nameof(MaskGitFeedForward))
    {
        ArgumentNullException.ThrowIfNull(config);
        long width = config.HiddenSize, inner = config.IntermediateSize;
        before = MaskGitNorm.Make(width, MaskGitNormType.LayerNorm, config.LayerNormEps, config.UseBias);
        active = nn.Linear(width, inner, config.UseBias);
        gated = nn.Linear(width, inner, config.UseBias);
        between = config.UseNormformer ? MaskGitNorm.Make(inner, config.NormType, config.LayerNormEps, config.UseBias) : null;
        outer = nn.Linear(inner, width, config.UseBias);
        register_module("pre_mlp_layer_norm", before);
        register_module("wi_0", active);
        register_module("wi_1", gated);
        if (between is not null) register_module("mid_mlp_layer_norm", between);
        register_module("wo", outer);
    }

    /// <summary>Computes the layer.</summary>
    /// <param name="input">[..., hidden_size].</param>
    /// <returns>[..., hidden_size]; the residual is the caller's to add.</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = before.forward(input);
        Tensor inner = active.forward(x).gelu().mul(gated.forward(x));
        return scope.MoveToOuter(outer.forward(between is null ? inner : between.forward(inner)));
    }
}
