using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks;

/// <summary>Counts native tensors.</summary>
internal static class TensorCount
{
    /// <summary>Asserts that an action leaves no tensor behind, once finalizers have run.</summary>
    public static void IsKept(Action action)
    {
        action();
        var before = Settled();
        for (var i = 0; i < 3; i++)
            action();
        Assert.Equal(before, Settled());
    }

    private static long Settled()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return Tensor.TotalCount;
    }
}
