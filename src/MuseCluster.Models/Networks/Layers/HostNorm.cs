using System.Numerics;
using System.Runtime.CompilerServices;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Layers;

/// <summary>
/// Normalisation of rows by their root mean square or by mean and variance, with weight, scale and shift in one reading
/// (arXiv 1910.07467, 1607.06450).
/// </summary>
internal static unsafe class HostNorm
{
    /// <summary>Normalises rows.</summary>
    /// <param name="x">[..., width], for which <see cref="HostRows.Serve"/> holds.</param>
    /// <param name="weight">[width], or null.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="centre">Whether the mean is taken off first.</param>
    /// <param name="modulation">[Sequences, 2 x width]: scale and shift of each group's rows; null for none.</param>
    /// <param name="layout">How the rows lie, where there is a modulation; padding becomes 0.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    internal static Tensor Of(Tensor x, Tensor? weight, double epsilon, bool centre, Tensor? modulation = null, RowLayout layout = default)
    {
        var width = (int)x.size(-1);
        Tensor result = empty(x.shape);
        fixed (float* input = x.data<float>(), output = result.data<float>(), gains = weight is null ? default : weight.data<float>(), scales = modulation is null ? default : modulation.data<float>())
        {
            var (from, to, gain, scale) = ((nint)input, (nint)output, (nint)gains, (nint)scales);
            HostRows.Run(x.numel() / width, width, (first, last) =>
            {
                for (var row = first; row < last; row++)
                {
                    var into = (float*)to + (row * width);
                    float* own = null;
                    if (scale != 0)
                    {
                        var (picture, at) = Math.DivRem(row, layout.Rows);
                        if (at >= layout.Used)
                        {
                            new Span<float>(into, width).Clear();
                            continue;
                        }
                        own = (float*)scale + (((picture * layout.Groups) + (at / layout.Positions)) * 2 * width);
                    }
                    Row((float*)from + (row * width), into, width, (float*)gain, own, (float)epsilon, centre);
                }
            });
        }
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row(float* x, float* into, int width, float* gain, float* scale, float epsilon, bool centre)
    {
        var mean = 0f;
        if (centre)
        {
            var sum = Vector<float>.Zero;
            for (var i = 0; i < width; i += Vector<float>.Count)
                sum += Vector.Load(x + i);
            mean = Vector.Sum(sum) / width;
        }
        var (squares, middle) = (Vector<float>.Zero, new Vector<float>(mean));
        for (var i = 0; i < width; i += Vector<float>.Count)
        {
            var off = Vector.Load(x + i) - middle;
            squares += off * off;
        }
        var factor = new Vector<float>(1 / MathF.Sqrt((Vector.Sum(squares) / width) + epsilon));
        for (var i = 0; i < width; i += Vector<float>.Count)
        {
            var y = (Vector.Load(x + i) - middle) * factor;
            if (gain != null)
                y *= Vector.Load(gain + i);
            if (scale != null)
                y = (y * (Vector.Load(scale + i) + Vector<float>.One)) + Vector.Load(scale + width + i);
            y.Store(into + i);
        }
    }
}
