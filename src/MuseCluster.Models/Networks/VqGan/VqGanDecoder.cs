using MuseCluster.Models.Networks.Autoencoders;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.VqGan;

/// <summary>Codes to pictures: ResNet blocks, and nearest enlargement with a convolution between levels.</summary>
public sealed class VqGanDecoder : nn.Module<Tensor, Tensor>
{
    private readonly int _patch;
    private readonly Sequential layers;

    /// <summary>Builds the decoder with initial weights.</summary>
    /// <param name="config">A valid configuration.</param>
    public VqGanDecoder(VqGanConfig config)
        : base(nameof(VqGanDecoder))
    {
        var stack = config.Decoder;
        _patch = stack.Patch;
        var local = stack.Local;
        var modules = new List<nn.Module<Tensor, Tensor>> { new EdgeConv2d(config.CodebookDim, stack.Channels[^1], 3, stride: 1, local) };
        for (var level = stack.Channels.Length - 1; level >= 0; level--)
        {
            foreach (var kernel in stack.Blocks[level])
                modules.Add(new ResnetBlock(stack.Channels[level], kernel, local, config.NormGroups));
            if (level == 0)
                continue;
            modules.Add(new Enlarge());
            modules.Add(new EdgeConv2d(stack.Channels[level], stack.Channels[level - 1], 3, stride: 1, local));
        }
        modules.Add(ResnetBlock.Norm(stack.Channels[0], local, config.NormGroups));
        modules.Add(nn.SiLU());
        modules.Add(new EdgeConv2d(stack.Channels[0], 3 * _patch * _patch, 3, stride: 1, local));
        layers = nn.Sequential([.. modules]);
        RegisterComponents();
    }

    /// <summary>Computes the pictures.</summary>
    /// <param name="input">[N, CodebookDim, h, w].</param>
    /// <returns>[N, 3, h Factor, w Factor], about [-1, 1].</returns>
    public override Tensor forward(Tensor input)
    {
        var pixels = layers.forward(input);
        return _patch == 1 ? pixels : nn.functional.pixel_shuffle(pixels, _patch);
    }
}
