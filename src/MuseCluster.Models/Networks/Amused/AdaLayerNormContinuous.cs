using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// norm(x) (1 + scale) + shift, where scale and shift, in this order, are a projection of silu(condition) (diffusers'
/// <c>models/normalization.py</c>).
/// </summary>
internal sealed class AdaLayerNormContinuous : nn.Module
{
    private readonly Projection linear;
    private readonly nn.Module<Tensor, Tensor> norm;

    /// <summary>Makes a normalisation; its projection is unset.</summary>
    /// <param name="config">The network.</param>
    /// <param name="norm">What normalises before it is scaled and shifted.</param>
    internal AdaLayerNormContinuous(UVit2DConfig config, nn.Module<Tensor, Tensor> norm)
        : base(nameof(AdaLayerNormContinuous))
    {
        linear = new Projection(config.HiddenSize, 2 * config.HiddenSize, config.UseBias);
        this.norm = norm;
        RegisterComponents();
    }

    /// <summary>Normalises.</summary>
    /// <param name="input">[B, L, hidden_size].</param>
    /// <param name="condition">[B, hidden_size].</param>
    /// <returns>[B, L, hidden_size].</returns>
    internal Tensor forward(Tensor input, Tensor condition)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = linear.Vectors(condition.silu()).unsqueeze(1).chunk(2, -1);
        return scope.MoveToOuter(parts[1].addcmul(norm.forward(input), parts[0].add(1), 1));
    }

    /// <summary>Scale and shift of conditions that stay the same over many passes.</summary>
    /// <param name="condition">[N, hidden_size].</param>
    /// <returns>[N, 2 hidden_size].</returns>
    internal Tensor Modulation(Tensor condition) => linear.forward(condition.silu());

    /// <summary>Normalises the rows of a pass.</summary>
    /// <param name="rows">[Pictures, Rows, hidden_size].</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="modulation">[Sequences, 2 hidden_size].</param>
    /// <returns>[Pictures, Rows, hidden_size].</returns>
    internal Tensor Rows(Tensor rows, RowLayout layout, Tensor modulation) => layout.Modulate(norm.forward(rows), modulation);
}
