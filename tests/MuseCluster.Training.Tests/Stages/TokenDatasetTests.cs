using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Training.ShapesWorld;
using MuseCluster.Training.Stages;
using MuseCluster.Training.Tests.Runs;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Tests.Stages;

[Collection(nameof(TorchTests))]
public sealed class TokenDatasetTests
{
    [Fact]
    public void EverySceneHasTheGridsOfBothNetworks()
    {
        using var run = new TempRun();
        using var low = new VqGan(TinyStages.VqGan(16, 1).Network);
        using var high = new VqGan(TinyStages.VqGan(32, 1).Network);
        var told = new List<int>();
        // More than a batch, and not a whole number of them.
        TokenDataset.Create(run["tokens"], TinyStages.Scenes, 37, low, high, CPU, new Teller(told.Add), CancellationToken.None);
        var data = TokenDataset.Load(run["tokens"]);

        Assert.Equal(37, data.Count);
        Assert.Equal(37, told[^1]);
        Assert.True(told.Count > 1 && told.SequenceEqual(told.Order().Distinct()), string.Join(", ", told));
        foreach (var scene in new[] { 0, 31, 36 })
        {
            Assert.Equal(Codes(low, TinyStages.Scenes.Sample((ulong)scene).Scene), data.Low(scene).ToArray());
            Assert.Equal(Codes(high, TinyStages.Scenes.Sample((ulong)scene).Scene), data.High(scene).ToArray());
        }
        Assert.InRange(Enumerable.Range(0, 37).Count(s => data.Recolored(s).SequenceEqual(data.Low(s))), 0, 5);
    }

    [Fact]
    public void CancellationLeavesNoFile()
    {
        using var run = new TempRun();
        using var network = new VqGan(TinyStages.VqGan(16, 1).Network);
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => TokenDataset.Create(
            run["tokens"], TinyStages.Scenes, 100, network, network, CPU, new Teller(_ => cancellation.Cancel()), cancellation.Token));
        Assert.False(File.Exists(run["tokens"]));
    }

    private static ushort[] Codes(VqGan network, Scene scene)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var size = network.Config.Resolution;
        var planes = new float[3 * size * size];
        SceneRenderer.Render(scene, size, planes.AsSpan());
        return [.. network.Encode(tensor(planes, [1, 3, size, size])).ToArray<long>().Select(c => (ushort)c)];
    }

    private sealed class Teller(Action<int> tell) : IProgress<int>
    {
        public void Report(int value) => tell(value);
    }
}
