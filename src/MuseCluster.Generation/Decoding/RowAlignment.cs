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
    private static readonly int[] Blocks = [1, 2, 3, 4, 5, 7, 8, 11, 16, 24, 33];

    /// <summary>Tries multiples, smallest first, on products of the given shapes.</summary>
    /// <param name="shapes">Input and output dimensions of the linear layers.</param>
    /// <param name="device">Where they run.</param>
    /// <returns>The smallest safe multiple, or 0 if none is: then each picture needs products of its own.</returns>
    public static int Find(IEnumerable<(int Input, int Output)> shapes, Device device)
    {
        using var guard = inference_mode();
        var layers = shapes.Distinct().ToList();
        return Candidates.FirstOrDefault(rows => layers.All(layer => Holds(rows, layer.Input, layer.Output, device)));
    }

    private static bool Holds(int rows, int input, int output, Device device)
    {
        using var scope = NewDisposeScope();
        var most = Blocks[^1] * rows;
        var weight = Values(output, input, 1).to(device);
        var bias = Values(1, output, 2).view(output).to(device);
        var block = Values(rows, input, 3).to(device);
        var others = full([most, input], 0.5, float32, device);
        float[]? expected = null;
        foreach (var blocks in Blocks)
        {
            // What the other rows hold does not matter to rounding, so the block is tried in three places at once.
            using var inner = NewDisposeScope();
            int[] places = [0, blocks / 2, blocks - 1];
            var all = others.narrow(0, 0, blocks * rows).clone();
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
