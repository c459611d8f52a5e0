using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// gamma x n + beta + x, where n is a channel's norm over the whole grid, divided by the mean of all channels' norms
/// (ConvNeXt V2, arXiv 2301.00808, section 3.2; <c>GlobalResponseNorm</c> of diffusers' <c>models/normalization.py</c>).
/// </summary>
internal sealed class GlobalResponseNorm : nn.Module
{
    private const double Epsilon = 1e-6;
    private readonly Parameter gamma, beta;

    /// <summary>Makes a normalisation that starts as the identity.</summary>
    /// <param name="channels">Channels.</param>
    internal GlobalResponseNorm(long channels)
        : base(nameof(GlobalResponseNorm))
    {
        using Tensor zero = zeros(1, 1, 1, channels);
        gamma = new Parameter(zero);
        beta = new Parameter(zero);
        RegisterComponents();
    }

    /// <summary>Normalises the rows of a pass in place, each group's grid by itself.</summary>
    /// <param name="rows">[Pictures, Rows, channels].</param>
    /// <param name="layout">How they lie.</param>
    internal void Rows(Tensor rows, RowLayout layout)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor grids = layout.ByGroup(rows);
        Tensor norms = grids.square().sum([2], keepdim: true).sqrt();
        Tensor shares = norms.div(norms.mean([-1], keepdim: true).add(Epsilon));
        grids.mul_(shares.mul(gamma).add_(1)).add_(beta);
    }
}
