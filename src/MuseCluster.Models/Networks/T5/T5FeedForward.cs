using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.T5;

/// <summary>
/// The feed-forward layer of a block: wo(relu(wi(x))), or wo(gelu(wi_0(x)) * wi_1(x)) with the tanh form of GELU, which
/// HuggingFace calls <c>gelu_new</c>.
/// </summary>
public sealed class T5FeedForward : nn.Module<Tensor, Tensor>
{
    private readonly Projection inner;
    private readonly Projection? gated;
    private readonly Projection outer;

    /// <summary>Makes a layer; its weights are unset, see <see cref="VectorTable"/>.</summary>
    /// <param name="config">The model.</param>
    public T5FeedForward(T5Config config)
        : base(nameof(T5FeedForward))
    {
        ArgumentNullException.ThrowIfNull(config);
        bool isGated = config.FeedForwardProj == T5FeedForwardKind.GatedGelu;
        inner = new Projection(config.DModel, config.DFf, hasBias: false);
        gated = isGated ? new Projection(config.DModel, config.DFf, hasBias: false) : null;
        outer = new Projection(config.DFf, config.DModel, hasBias: false);
        register_module(isGated ? "wi_0" : "wi", inner);
        if (gated is not null) register_module("wi_1", gated);
        register_module("wo", outer);
    }

    /// <summary>Computes the layer.</summary>
    /// <param name="input">[..., d_model].</param>
    /// <returns>[..., d_model].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor active = gated is null
            ? inner.forward(input).relu()
            : inner.forward(input).gelu("tanh").mul(gated.forward(input));
        return scope.MoveToOuter(outer.forward(active));
    }
}
