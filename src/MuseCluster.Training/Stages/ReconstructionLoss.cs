using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Stages;

/// <summary>
/// How far a reconstruction is from its picture: absolute and squared error, weighted up where something is drawn, and
/// the absolute error of neighbours' differences, which keeps edges sharp.
/// </summary>
internal static class ReconstructionLoss
{
    private const double ForegroundWeight = 3;
    private const double SquaredWeight = 2;
    private const double SameColor = 0.02;

    /// <summary>Computes the loss.</summary>
    /// <param name="made">[N, 3, H, W].</param>
    /// <param name="wanted">[N, 3, H, W] in [-1, 1]; its corner pixel is background.</param>
    /// <returns>A scalar.</returns>
    internal static Tensor Of(Tensor made, Tensor wanted)
    {
        var corner = wanted.narrow(2, 0, 1).narrow(3, 0, 1);
        var drawn = (wanted - corner).abs().max(1, keepdim: true).values.gt(SameColor).to(float32);
        var weight = drawn.mul(ForegroundWeight).add(1);
        var difference = made - wanted;
        var absolute = difference.abs();
        var pixels = ((absolute + (absolute.square() * SquaredWeight)) * weight).mean();
        return pixels + Slope(difference, 2) + Slope(difference, 3);
    }

    private static Tensor Slope(Tensor difference, int dim)
    {
        var length = difference.size(dim) - 1;
        return (difference.narrow(dim, 1, length) - difference.narrow(dim, 0, length)).abs().mean();
    }
}
