using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.MuseMaskGitPytorch;

/// <summary>
/// norm, linear, GEGLU (arXiv 2002.05202), norm, linear (<c>FeedForward</c> of <c>muse_maskgit_pytorch.py</c>, after arXiv 2110.09456).
/// The linear layers have no biases; the parts are numbered as in the reference's sequence, whose number 2 has no weights.
/// The activated half comes first, the gate second.
/// </summary>
public sealed class GatedFeedForward : nn.Module<Tensor, Tensor>
{
    private readonly GammaNorm before;
    private readonly Linear inner;
    private readonly GammaNorm between;
    private readonly Linear outer;

    /// <summary>Makes a layer.</summary>
    /// <param name="dim">The width it takes and gives.</param>
    /// <param name="mult">Its inner width is two thirds of so many dims, rounded down.</param>
    public GatedFeedForward(long dim, long mult)
        : base(nameof(GatedFeedForward))
    {
        long width = dim * mult * 2 / 3;
        before = new GammaNorm(dim);
        inner = nn.Linear(dim, width * 2, hasBias: false);
        between = new GammaNorm(width);
        outer = nn.Linear(width, dim, hasBias: false);
        register_module("0", before);
        register_module("1", inner);
        register_module("3", between);
        register_module("4", outer);
    }

    /// <summary>Computes the layer.</summary>
    /// <param name="input">[..., dim].</param>
    /// <returns>[..., dim]; the residual is the caller's to add.</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] halves = inner.forward(before.forward(input)).chunk(2, -1);
        return scope.MoveToOuter(outer.forward(between.forward(halves[0].gelu().mul(halves[1]))));
    }
}
