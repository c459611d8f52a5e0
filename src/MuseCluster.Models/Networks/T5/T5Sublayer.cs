using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.T5;

/// <summary>x + f(norm(x)): one entry of a block's <c>layer</c> list, which holds <c>f</c> and its <c>layer_norm</c>.</summary>
/// <typeparam name="T">What f is.</typeparam>
public sealed class T5Sublayer<T> : nn.Module
    where T : nn.Module
{
    private readonly RmsNorm norm;

    /// <summary>Wraps a layer.</summary>
    /// <param name="name">The layer's name in checkpoints, such as <c>SelfAttention</c>.</param>
    /// <param name="inner">The layer.</param>
    /// <param name="config">The model.</param>
    public T5Sublayer(string name, T inner, T5Config config)
        : base(nameof(T5Sublayer<T>))
    {
        ArgumentNullException.ThrowIfNull(config);
        Inner = inner;
        norm = new RmsNorm(config.DModel, config.LayerNormEpsilon, affine: true);
        register_module(name, inner);
        register_module("layer_norm", norm);
    }

    /// <summary>The layer, f.</summary>
    public T Inner { get; }

    /// <summary>Adds what the layer makes of the normalised hidden states to them.</summary>
    /// <param name="hidden">[B, L, d_model].</param>
    /// <param name="apply">Runs the layer on [B, L, d_model].</param>
    /// <returns>[B, L, d_model].</returns>
    public Tensor forward(Tensor hidden, Func<T, Tensor, Tensor> apply)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(apply);
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(hidden.add(apply(Inner, norm.forward(hidden))));
    }
}
