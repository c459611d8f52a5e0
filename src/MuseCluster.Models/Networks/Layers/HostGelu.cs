using System.Numerics;
using System.Runtime.CompilerServices;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Layers;

/// <summary>GELU by the error function (arXiv 1606.08415), x (1 + erf(x / sqrt 2)) / 2, alone and as the gate of GEGLU.</summary>
internal static unsafe class HostGelu
{
    // erf(x) = x P(x^2) / Q(x^2) up to 4, where it is 1 in single precision: the fit of rational functions that Eigen uses.
    private const float Most = 4, HalfRoot = 0.70710678f;
    private const float P1 = -1.60960333e-2f, P3 = -2.95459981e-3f, P5 = -7.34990631e-4f, P7 = -5.69250640e-5f, P9 = -2.10102402e-6f, P11 = 2.77068142e-8f, P13 = -2.72614226e-10f;
    private const float Q0 = -1.42647390e-2f, Q2 = -7.37332917e-3f, Q4 = -1.68282697e-3f, Q6 = -2.13374055e-4f, Q8 = -1.45660718e-5f;

    /// <summary>GELU of every number, in place where the processor serves.</summary>
    /// <param name="x">[..., width]; nobody else reads it.</param>
    /// <returns><paramref name="x"/>, or a new tensor.</returns>
    internal static Tensor Of(Tensor x)
    {
        var width = x.size(-1);
        if (!HostRows.Serve(x, width))
            return x.gelu();
        fixed (float* all = x.data<float>())
        {
            var at = (nint)all;
            HostRows.Run(x.numel() / width, width, (first, last) =>
            {
                for (var p = (float*)at + (first * width); p < (float*)at + (last * width); p += Vector<float>.Count)
                    Gelu(Vector.Load(p)).Store(p);
            });
        }
        return x;
    }

    /// <summary>value x gelu(gate) (arXiv 2002.05202).</summary>
    /// <param name="x">[..., 2 x width]: value, then gate.</param>
    /// <returns>[..., width].</returns>
    internal static Tensor Gated(Tensor x)
    {
        var width = x.size(-1) / 2;
        if (!HostRows.Serve(x, width))
        {
            Tensor[] parts = x.chunk(2, -1);
            return parts[1].gelu().mul_(parts[0]);
        }
        long[] shape = x.shape;
        shape[^1] = width;
        Tensor result = empty(shape);
        fixed (float* all = x.data<float>(), output = result.data<float>())
        {
            var (from, to) = ((nint)all, (nint)output);
            HostRows.Run(result.numel() / width, width, (first, last) =>
            {
                for (var row = first; row < last; row++)
                {
                    var value = (float*)from + (2 * row * width);
                    var into = (float*)to + (row * width);
                    for (var i = 0L; i < width; i += Vector<float>.Count)
                        (Vector.Load(value + i) * Gelu(Vector.Load(value + width + i))).Store(into + i);
                }
            });
        }
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Gelu(Vector<float> x)
    {
        var bounded = Vector.Max(Vector.Min(x * HalfRoot, new Vector<float>(Most)), new Vector<float>(-Most));
        var square = bounded * bounded;
        var p = Add(square, new Vector<float>(P13), P11);
        p = Add(square, p, P9);
        p = Add(square, p, P7);
        p = Add(square, p, P5);
        p = Add(square, p, P3);
        p = Add(square, p, P1);
        var q = Add(square, new Vector<float>(Q8), Q6);
        q = Add(square, q, Q4);
        q = Add(square, q, Q2);
        q = Add(square, q, Q0);
        var half = x * 0.5f;
        return Vector.MultiplyAddEstimate(half, bounded * p / q, half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Add(Vector<float> square, Vector<float> sum, float next) => Vector.MultiplyAddEstimate(square, sum, new Vector<float>(next));
}
