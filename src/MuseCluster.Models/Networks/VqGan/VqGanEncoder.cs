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
        var local = stack.Local;
        var modules = new List<nn.Module<Tensor, Tensor>> { new EdgeConv2d(3 * _patch * _patch, stack.Channels[0], stack.InputKernel, stride: 1, local) };
        for (var level = 0; level < stack.Channels.Length; level++)
        {
            if (level > 0)
                modules.Add(new EdgeConv2d(stack.Channels[level - 1], stack.Channels[level], 4, stride: 2, local));
            foreach (var kernel in stack.Blocks[level])
                modules.Add(new ResnetBlock(stack.Channels[level], kernel, local, config.NormGroups));
        }
        modules.Add(ResnetBlock.Norm(stack.Channels[^1], local, config.NormGroups));
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
        var z = layers.forward(_patch == 1 ? input : nn.functional.pixel_unshuffle(input, _patch));
        var length = z.square().sum(1, keepdim: true).add(1e-12).rsqrt();
        return z * length * _radius;
    }
}
