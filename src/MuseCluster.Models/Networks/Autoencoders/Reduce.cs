using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>Halves a picture's sides by averaging squares of four pixels: [N, C, H, W] to [N, C, H / 2, W / 2], rounded down.</summary>
internal sealed class Reduce() : nn.Module<Tensor, Tensor>(nameof(Reduce))
{
    public override Tensor forward(Tensor input) => nn.functional.avg_pool2d(input, 2);
}
