using System.Text.Json;

namespace MuseCluster.Cli.Tests.Commands;

/// <summary>Trains the tiny recipe twice: without a stop, and with one of each kind in the middle of two stages.</summary>
public sealed class TrainingRunTests : IDisposable
{
    private static readonly string[] Stages = ["tokenizer", "text", "vqgan-base", "vqgan-superres", "decoder", "tokens", "base", "superres"];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ARunThatIsStoppedAndKilledEndsWithTheSameBytes()
    {
        var (whole, broken) = (_folder["whole"], _folder["broken"]);

        // The processor time of the uninterrupted stages tells where the middle of the broken ones is.
        var vqgan = Trained(whole, "vqgan-base").Cpu;
        Trained(whole, "tokenizer", "text", "vqgan-superres", "decoder", "tokens");
        var transformer = Trained(whole, "base").Cpu;
        var rest = Trained(whole);
        Assert.Contains("base: was finished\n", rest.Output, StringComparison.Ordinal);
        Assert.Contains("superres: finished in ", rest.Output, StringComparison.Ordinal);
        Assert.Equal(Stages.ToDictionary(s => s, _ => true), Finished(whole));

        Break(broken, "vqgan-base", vqgan, 400);
        Trained(broken, "tokenizer", "text", "vqgan-superres", "decoder", "tokens");
        Break(broken, "base", transformer, 1000);

        foreach (var file in new[] { "tokens.safetensors", "text/weights.safetensors", "vqgan-base/weights.safetensors", "base/weights.safetensors" })
            Assert.True(File.ReadAllBytes(Path.Combine(whole, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(broken, file))), $"{file} differs");
        Assert.Empty(Directory.EnumerateFiles(broken, "*.tmp", SearchOption.AllDirectories));
        foreach (var picture in new[] { "loss.png", "samples.png" })
            Assert.Equal("muse show: ", MuseProcess.Run("show", Path.Combine(broken, "vqgan-base", picture)).Error[..11]);
    }

    [Fact]
    public void AStageWithoutTheOnesBeforeItSaysWhichIsMissing()
    {
        var result = MuseProcess.Run(Arguments(_folder["run"], "tokens"));

        Assert.Contains("'vqgan-base' is not finished", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    private static void Break(string run, string stage, TimeSpan cpu, int steps)
    {
        // Ctrl-C in one of the first steps: what was made is saved.
        var stopped = MuseProcess.RunUntil(_ => Directory.Exists(Path.Combine(run, stage)), MuseProcess.Interrupt, Arguments(run, stage));
        Assert.Equal(130, stopped.ExitCode);
        Assert.Empty(stopped.Error);
        Assert.False(File.Exists(Path.Combine(run, stage, "weights.safetensors")));
        Assert.InRange(Step(run, stage), 1, steps - 1);

        // A kill at the middle: what was made since is lost, and made again.
        var killed = MuseProcess.RunUntil(spent => spent > 0.6 * cpu, MuseProcess.Kill, Arguments(run, stage));
        Assert.Equal(137, killed.ExitCode);
        Assert.False(File.Exists(Path.Combine(run, stage, "weights.safetensors")));

        Assert.Contains($"{stage}: finished in ", Trained(run, stage).Output, StringComparison.Ordinal);
    }

    private static MuseProcess.Result Trained(string run, params string[] stages)
    {
        var result = MuseProcess.Run(Arguments(run, stages));
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }

    private static Dictionary<string, bool> Finished(string run) =>
        List(run).ToDictionary(s => s.GetProperty("stage").GetString()!, s => s.GetProperty("finished").GetBoolean());

    private static long Step(string run, string stage) => List(run, stage).Single().GetProperty("step").GetInt64();

    private static IEnumerable<JsonElement> List(string run, params string[] stages) =>
        JsonDocument.Parse(MuseProcess.Run([.. Arguments(run, stages), "--list", "--json"]).Output).RootElement.GetProperty("stages").EnumerateArray();

    // One thread: with several, sums may be made in another order.
    private static string[] Arguments(string run, params string[] stages) => ["train", .. stages, "--recipe", RecipeTests.Tiny, "--run", run, "--threads", "1"];
}
