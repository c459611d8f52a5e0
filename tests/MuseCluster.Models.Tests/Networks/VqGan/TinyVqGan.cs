using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.VqGan;

/// <summary>VQGANs small enough for tests, and random pictures for them.</summary>
internal static class TinyVqGan
{
    public static VqGanConfig Config(int patch, int levels, bool local) => new()
    {
        Resolution = 32,
        CodebookSize = 24,
        CodebookDim = 6,
        NormGroups = 4,
        Encoder = Stack(patch, levels, local),
        Decoder = Stack(patch, levels, local: false),
    };

    public static VqGanStackConfig Stack(int patch, int levels, bool local) => new()
    {
        Patch = patch,
        Channels = [.. Enumerable.Range(0, levels).Select(l => 8 + (4 * l))],
        Blocks = [.. Enumerable.Range(0, levels).Select(l => l % 2 == 0 ? new[] { 3 } : [1, 3])],
        Local = local,
    };

    public static Tensor Pictures(int count, int height, int width)
    {
        var random = new Random(5);
        return tensor(
            Enumerable.Range(0, count * 3 * height * width).Select(_ => (float)((2 * random.NextDouble()) - 1)).ToArray(), [count, 3, height, width]);
    }

    /// <summary>Gives every weight a value: new residual blocks end in a convolution of zeros.</summary>
    public static void Stir(nn.Module network)
    {
        using var guard = no_grad();
        foreach (var parameter in network.parameters())
            if (parameter.dim() == 4 && parameter.abs().max().item<float>() == 0)
                nn.init.normal_(parameter, std: 0.2);
    }
}
