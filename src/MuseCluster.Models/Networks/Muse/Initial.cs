using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>Initial weights of the transformers.</summary>
internal static class Initial
{
    // 0.6 / sqrt(fan-in) was the largest gain at which every size trained here stayed stable at a learning rate of 1e-3.
    private const double Gain = 0.6;

    /// <summary>A linear layer of normal weights with standard deviation scale x 0.6 / sqrt(input), and zero bias.</summary>
    /// <param name="input">Input dimensions.</param>
    /// <param name="output">Output dimensions.</param>
    /// <param name="hasBias">Whether it has a bias.</param>
    /// <param name="scale">1 / sqrt(2 layers) for what is added to the residual stream (GPT-2's rule), else 1.</param>
    internal static Linear Linear(int input, int output, bool hasBias = true, double scale = 1)
    {
        var layer = nn.Linear(input, output, hasBias);
        nn.init.normal_(layer.weight, std: scale * Gain / Math.Sqrt(input));
        if (layer.bias is { } bias)
            nn.init.zeros_(bias);
        return layer;
    }

    /// <summary>An embedding table of normal vectors.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="dim">Dimensions.</param>
    /// <param name="std">Standard deviation.</param>
    internal static Embedding Embedding(int count, int dim, double std)
    {
        var table = nn.Embedding(count, dim);
        nn.init.normal_(table.weight, std: std);
        return table;
    }
}
