using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests;

/// <summary>Compares tensors with values, and counts them.</summary>
internal static class TensorAssert
{
    /// <summary>The elements, in row-major order and whatever type, within a tolerance.</summary>
    public static void Close(Tensor actual, double[] expected, double tolerance = 1e-5)
    {
        var values = Elements(actual);
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < values.Length; i++)
            Assert.True(
                Equals(expected[i], values[i]) || Math.Abs(expected[i] - values[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])),
                $"element {i}: expected {expected[i]:G9}, got {values[i]:G9}, all: {string.Join(", ", values.Take(24))}");
    }

    /// <summary>Shape and elements.</summary>
    public static void Is(Tensor actual, long[] shape, double[] expected, double tolerance = 1e-5)
    {
        Assert.Equal(shape, actual.shape);
        Close(actual, expected, tolerance);
    }

    public static double[] Elements(Tensor tensor)
    {
        using var leaf = tensor.detach();
        using var wide = leaf.to(float64);
        return wide.ToArray<double>();
    }

    /// <summary>Runs an action often enough for finalizers to settle and asserts that it leaves no tensor behind.</summary>
    public static void LeavesNothing(Action action)
    {
        action();
        var before = Settled();
        for (var i = 0; i < 5; i++)
            action();
        Assert.Equal(before, Settled());
    }

    /// <summary>The number of native tensors once finalizers have run.</summary>
    public static long Settled()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return Tensor.TotalCount;
    }
}
