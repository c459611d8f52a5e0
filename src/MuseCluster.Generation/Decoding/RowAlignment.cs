using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Decoding;

/// <summary>
/// Finds the number of rows to which each picture's share of a matrix product has to be padded so that its bits do not
/// depend on what else is in the product. BLAS kernels round a row by where it stands in a tile and by how threads cut the
/// rows; which multiples are safe depends on the processor, so they are tried.
/// </summary>
public static class RowAlignment
{
    private static readonly int[] Candidates = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 144, 192];
    private static readonly int[] Passes = [1, 2, 3, 4, 5, 7, 8, 11, 16, 24, 33];

    /// <summary>
    /// Tries multiples, smallest first, on products of the given shapes: rows that a picture's share is padded to, and rows
    /// that the whole product is padded to. Threads cut the whole where it suits them, so the second is often the larger.
    /// </summary>
    /// <param name="shapes">Input and output dimensions of the linear layers.</param>
    /// <param name="device">Where they run.</param>
    /// <returns>The smallest safe multiples, the second one a multiple of the first; or 0 if none are: then each picture needs products of its own.</returns>
    public static (int Rows, int Pass) Find(IEnumerable<(int Input, int Output)> shapes, Device device)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var layers = shapes.Distinct().Select(s => (
            Weight: Values(s.Output, s.Input, 1).to(device), Bias: Values(1, s.Output, 2).view(s.Output).to(device),
            Block: Values(Candidates[^1], s.Input, 3).to(device))).ToList();
        foreach (var rows in Candidates)
            foreach (var pass in Candidates.Where(p => p % rows == 0))
                if (layers.All(layer => Holds(rows, pass, layer.Weight, layer.Bias, layer.Block.narrow(0, 0, rows))))
                    return (rows, pass);
        return (0, 0);
    }

    private static bool Holds(int rows, int pass, Tensor weight, Tensor bias, Tensor block)
    {
        float[]? expected = null;
        foreach (var passes in Passes)
        {
            // What the other rows hold does not matter to rounding, so the block is tried in several places at once.
            using var scope = NewDisposeScope();
            var all = full([passes * pass, weight.size(1)], 0.5, float32, weight.device);
            var last = (passes * pass / rows) - 1;
            var places = new[] { 0, 1, 2, 3, last / 2, last - 1, last }.Where(p => p >= 0 && p <= last).Distinct().ToList();
            foreach (var place in places)
                all.narrow(0, place * rows, rows).copy_(block);
            var result = nn.functional.linear(all, weight, bias);
            foreach (var place in places)
            {
                var own = result.narrow(0, place * rows, rows).ToArray<float>();
                expected ??= own;
                if (!expected.AsSpan().SequenceEqual(own))
                    return false;
            }
        }
        return true;
    }

    // Its own numbers, so that the finding does not depend on libtorch's generator and does not disturb it.
    private static Tensor Values(int rows, int columns, ulong key)
    {
        var values = new float[rows * columns];
        for (var i = 0; i < values.Length; i++)
            values[i] = (Randomness.Philox.Words(key, (uint)i, 0, 0, 0).R0 * (2f / uint.MaxValue)) - 1;
        return tensor(values, [rows, columns]);
    }
}
