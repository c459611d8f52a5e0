using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>Doubles a picture's sides by repeating pixels: [N, C, H, W] to [N, C, 2 H, 2 W].</summary>
internal sealed class Enlarge() : nn.Module<Tensor, Tensor>(nameof(Enlarge))
{
    public override Tensor forward(Tensor input) => nn.functional.interpolate(input, [2.0, 2.0]);
}
