using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.VqGan;

/// <summary>x + conv(silu(norm(conv(silu(norm(x)))))), channels kept. Starts as the identity: its last convolution is zero.</summary>
internal sealed class ResnetBlock : nn.Module<Tensor, Tensor>
{
    private readonly GroupNorm norm1, norm2;
    private readonly Conv2d conv1, conv2;

    internal ResnetBlock(int channels, int groups)
        : base(nameof(ResnetBlock))
    {
        norm1 = nn.GroupNorm(groups, channels);
        conv1 = nn.Conv2d(channels, channels, 3, padding: 1);
        norm2 = nn.GroupNorm(groups, channels);
        conv2 = nn.Conv2d(channels, channels, 3, padding: 1);
        nn.init.zeros_(conv2.weight);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var hidden = conv1.forward(norm1.forward(input).silu());
        return input + conv2.forward(norm2.forward(hidden).silu());
    }
}
