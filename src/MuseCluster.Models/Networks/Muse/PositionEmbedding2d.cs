using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>
/// A learned vector per position of a square grid. It starts as sines and cosines of the position as a fraction of the
/// picture, so that grids of different sizes over the same picture begin aligned.
/// </summary>
internal sealed class PositionEmbedding2d : nn.Module
{
    private const double Amplitude = 0.7;
    private const double LowestCycles = 0.5, HighestCycles = 12;
    private readonly Parameter weight;

    internal PositionEmbedding2d(int gridSize, int dim)
        : base(nameof(PositionEmbedding2d))
    {
        var values = new float[gridSize * gridSize * dim];
        var quarter = dim / 4;
        for (var position = 0; position < gridSize * gridSize; position++)
            for (var i = 0; i < quarter; i++)
            {
                var share = quarter == 1 ? 0 : i / (double)(quarter - 1);
                var frequency = 2 * Math.PI * LowestCycles * Math.Pow(HighestCycles / LowestCycles, share);
                var y = (position / gridSize + 0.5) / gridSize * frequency;
                var x = (position % gridSize + 0.5) / gridSize * frequency;
                var row = values.AsSpan(position * dim, dim);
                row[i] = (float)(Amplitude * Math.Sin(y));
                row[quarter + i] = (float)(Amplitude * Math.Cos(y));
                row[(2 * quarter) + i] = (float)(Amplitude * Math.Sin(x));
                row[(3 * quarter) + i] = (float)(Amplitude * Math.Cos(x));
            }
        using var initial = tensor(values, [gridSize * gridSize, dim]);
        weight = new Parameter(initial);
        RegisterComponents();
    }

    /// <summary>Adds the positions' vectors.</summary>
    /// <param name="x">[N, positions, dim].</param>
    /// <returns>[N, positions, dim].</returns>
    internal Tensor forward(Tensor x) => x + weight;
}
