using MuseCluster.Generation.Pictures;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Torch;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.Runs;
using MuseCluster.Training.Stages;
using MuseCluster.Training.Tests.Stages;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Tests.Runs;

[Collection(nameof(TorchTests))]
public sealed class TrainerTests
{
    private const int Steps = 12;

    // The codebook of the VQGAN starts before its fifth step.
    [Theory]
    [InlineData("vqgan", new[] { 2 })]
    [InlineData("vqgan", new[] { 4, 5 })]
    [InlineData("vqgan", new[] { 9 })]
    [InlineData("base", new[] { 1, 7, 8 })]
    [InlineData("superres", new[] { 6 })]
    public void ARunThatIsCancelledOrKilledGoesOnToTheSameWeights(string kind, int[] stops)
    {
        using var text = TinyStages.Text();
        using var run = new TempRun();
        Run(kind, text, run["whole"]);
        foreach (var kill in new[] { false, true })
        {
            var folder = kill ? "killed" : "cancelled";
            foreach (var stop in stops)
            {
                using var cancellation = new CancellationTokenSource();
                Assert.ThrowsAny<Exception>(() => Run(kind, text, run[folder], p =>
                {
                    if (p.Step == stop && kill)
                        throw new IOException("killed");
                    if (p.Step == stop)
                        cancellation.Cancel();
                }, kill ? TimeSpan.Zero : TimeSpan.FromHours(1), cancellation.Token));
                Assert.False(File.Exists(run[folder, Trainer.WeightsFile]));
            }
            Run(kind, text, run[folder]);
            Assert.Equal(run.Bytes("whole", Trainer.WeightsFile), run.Bytes(folder, Trainer.WeightsFile));
            Assert.Equal(run.Bytes("whole", "state.safetensors"), run.Bytes(folder, "state.safetensors"));
            Assert.Equal(run.Bytes("whole", "metrics.csv"), run.Bytes(folder, "metrics.csv"));
        }
    }

    [Fact]
    public void ARunLeavesItsCurveItsSamplesAndItsWeights()
    {
        using var text = TinyStages.Text();
        using var run = new TempRun();
        var told = new List<TrainingProgress>();
        Run("vqgan", text, run["v"], told.Add);

        Assert.Equal(Enumerable.Range(1, Steps).Select(s => (long)s), told.Select(p => p.Step));
        Assert.All(told, p => Assert.True(p.Steps == Steps && p.SamplesPerSecond > 0 && p.Remaining >= TimeSpan.Zero && double.IsFinite(p.Loss)));
        Assert.Equal(TimeSpan.Zero, told[^1].Remaining);
        Assert.True(Png.Decode(run.Bytes("v", "loss.png")).Picture.Width > 100);
        Assert.Equal((8 * 32, 4 * 32), (Png.Decode(run.Bytes("v", "samples.png")).Picture.Width, Png.Decode(run.Bytes("v", "samples.png")).Picture.Height));
        Assert.Contains("commitment", File.ReadAllText(run["v", "metrics.csv"]), StringComparison.Ordinal);
        using var weights = Checkpoint.Open(run["v", Trainer.WeightsFile]);
        Assert.Contains("quantize.codebook", weights.Tensors.Keys);

        // A finished run returns at once.
        told.Clear();
        Run("vqgan", text, run["v"], told.Add);
        Assert.Empty(told);
    }

    [Fact]
    public void TheWeightsKeptAreTheAverage()
    {
        using var text = TinyStages.Text();
        using var run = new TempRun();
        Run("base", text, run["b"]);
        using var state = Checkpoint.Open(run["b", "state.safetensors"]);
        using var weights = Checkpoint.Open(run["b", Trainer.WeightsFile]);
        Assert.All(weights.Tensors, t => Assert.True(t.Value.Bytes.SequenceEqual(state["average." + t.Key].Bytes)));
        Assert.Contains(weights.Tensors, t => !t.Value.Bytes.SequenceEqual(state["network." + t.Key].Bytes));
    }

    [Fact]
    public void TheLastStepsWeightsAreWrittenAgainIfAKillCameBetween()
    {
        using var text = TinyStages.Text();
        using var run = new TempRun();
        Run("base", text, run["b"]);
        var weights = run.Bytes("b", Trainer.WeightsFile);
        File.Delete(run["b", Trainer.WeightsFile]);
        Run("base", text, run["b"]);
        Assert.Equal(weights, run.Bytes("b", Trainer.WeightsFile));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void ADivergedRunIsRefused_AndItsStateKept(float loss)
    {
        using var run = new TempRun();
        using var stage = new Diverging(loss);
        var trainer = new Trainer(stage, TinyStages.Options(6), run["d"], TimeProvider.System) { SaveEvery = TimeSpan.Zero };
        var message = Assert.Throws<InvalidOperationException>(() => trainer.Run(null, CancellationToken.None)).Message;
        Assert.Contains("step 3", message, StringComparison.Ordinal);
        Assert.Contains("LearningRate", message, StringComparison.Ordinal);
        Assert.Contains(run["d"], message, StringComparison.Ordinal);
        using var state = Checkpoint.Open(run["d", "state.safetensors"]);
        Assert.Equal("3", state.Files[0].Metadata["step"]);
        Assert.False(File.Exists(run["d", Trainer.WeightsFile]));
    }

    [Fact]
    public void TheStateOfAnotherNetworkIsRefused()
    {
        using var text = TinyStages.Text();
        using var run = new TempRun();
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run("base", text, run["b"], _ => cancellation.Cancel(), cancellation: cancellation.Token));
        using var other = new Diverging(1);
        var e = Assert.Throws<CheckpointException>(() => new Trainer(other, TinyStages.Options(6), run["b"], TimeProvider.System).Run(null, CancellationToken.None));
        Assert.Contains("network.weight", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainingLeavesNoTensorBehind()
    {
        using var text = TinyStages.Text();
        void Once()
        {
            using var run = new TempRun();
            Run("vqgan", text, run["v"]);
            Run("base", text, run["b"]);
        }

        long Count()
        {
            for (var i = 0; i < 2; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            return Tensor.TotalCount;
        }

        Once();
        var before = Count();
        Once();
        Assert.Equal(before, Count());
    }

    private static void Run(
        string kind, MuseCluster.Models.Networks.T5.T5Encoder text, string folder, Action<TrainingProgress>? tell = null, TimeSpan? saveEvery = null, CancellationToken cancellation = default)
    {
        var options = TinyStages.Options(Steps);
        using TrainingStage stage = kind switch
        {
            "vqgan" => new VqGanStage(TinyStages.VqGan(32, Steps), new(), 5),
            "base" => TinyStages.BaseStage(text, 5, options),
            _ => TinyStages.SuperresStage(text, 5, options),
        };
        new Trainer(stage, options, folder, TimeProvider.System) { SaveEvery = saveEvery ?? TimeSpan.FromHours(1) }
            .Run(new Teller(tell ?? (_ => { })), cancellation);
    }

    private sealed class Teller(Action<TrainingProgress> tell) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tell(value);
    }

    /// <summary>Its loss is no number from step 3 on.</summary>
    private sealed class Diverging(float from3) : TrainingStage
    {
        private readonly MuseCluster.Torch.Modules.Linear _network = nn.Linear(2, 1);

        public override nn.Module Network => _network;

        public override Tensor Loss(long step, IDictionary<string, double> metrics) =>
            _network.forward(ones(1, 2)).sum() * (step < 3 ? 1 : 0) + (step < 3 ? 0 : from3);
    }
}
