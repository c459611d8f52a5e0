namespace MuseCluster.Torch.Tests.Dispatch;

public sealed class OperatorOverheadTests
{
    [Fact]
    public void EveryOperatorIsMeasuredAndACallAddsLittle()
    {
        var costs = OperatorOverhead.Measure(calls: 500, rounds: 60);

        Assert.Equal(costs.Count, costs.Select(c => c.Name).Distinct().Count());
        Assert.All(costs, c => Assert.InRange(c.Native, 0.01, 1000));

        // The target is 1 microsecond; a busy test machine gets room, an array or a lookup per call does not fit.
        Assert.All(costs, c => Assert.True(c.Overhead < 5, $"{c.Name}: {c.Overhead:F2} us"));
    }
}
