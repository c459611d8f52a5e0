using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>
/// Adds a column of zeros at the right and a row at the bottom, and none at the left and top. The references' downsampling
/// convolutions (kernel 3, stride 2) are padded by this alone: their <c>pad = (0, 1, 0, 1)</c>.
/// </summary>
internal sealed class FarEdge() : nn.Module<Tensor, Tensor>(nameof(FarEdge))
{
    public override Tensor forward(Tensor input) => nn.functional.pad(input, [0, 1, 0, 1]);
}
