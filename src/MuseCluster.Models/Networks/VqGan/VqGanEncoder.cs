using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.VqGan;

/// <summary>
/// Pictures to latents on the sphere of radius sqrt(CodebookDim). Normalised latents keep a codebook in use
/// (ViT-VQGAN, arXiv 2110.04627, section 3.2).
/// </summary>
public sealed class VqGanEncoder : nn.Module<Tensor, Tensor>
{
    private static readonly Operator PixelUnshuffle = new("aten::pixel_unshuffle");
    private readonly int _patch;
    private readonly double _radius;
    private readonly Sequential layers;

    /// <summary>Builds the encoder with initial weights.</summary>
    /// <param name="config">A valid configuration.</param>
    public VqGanEncoder(VqGanConfig config)
        : base(nameof(VqGanEncoder))
    {
        var stack = config.Encoder;
        _patch = stack.Patch;
        _radius = Math.Sqrt(config.CodebookDim);
        var modules = new List<nn.Module<Tensor, Tensor>> { nn.Conv2d(3 * _patch * _patch, stack.Channels[0], 3, padding: 1) };
        for (var level = 0; level < stack.Channels.Length; level++)
        {
            if (level > 0)
                modules.Add(nn.Conv2d(stack.Channels[level - 1], stack.Channels[level], 4, stride: 2, padding: 1));
            for (var block = 0; block < stack.Blocks[level]; block++)
                modules.Add(new ResnetBlock(stack.Channels[level], config.NormGroups));
        }
        modules.Add(nn.GroupNorm(config.NormGroups, stack.Channels[^1]));
        modules.Add(nn.SiLU());
        modules.Add(nn.Conv2d(stack.Channels[^1], config.CodebookDim, 1));
        layers = nn.Sequential([.. modules]);
        RegisterComponents();
    }

    /// <summary>Computes the latents.</summary>
    /// <param name="input">[N, 3, H, W] in [-1, 1].</param>
    /// <returns>[N, CodebookDim, H / Factor, W / Factor].</returns>
    public override Tensor forward(Tensor input)
    {
        var z = layers.forward(_patch == 1 ? input : PixelUnshuffle.Call(input, _patch));
        var length = z.square().sum(1, keepdim: true).add(1e-12).rsqrt();
        return z * length * _radius;
    }
}
