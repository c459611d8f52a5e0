using System.Text.Json;
using MuseCluster.Cli.Terminal;

namespace MuseCluster.Cli.Tests.Commands;

public sealed class DispatchBenchTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Measures_every_size_up_to_the_one_asked_for_and_keeps_shares()
    {
        var result = MuseProcess.Run("bench", "dispatch", "--items", "2000", "--silos", "20", "--ledger", $"sqlite:{_folder["ledger.db"]}", "--json");

        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        var runs = json.RootElement.GetProperty("runs").EnumerateArray().ToList();
        Assert.Equal([999, 1998], runs.Select(r => r.GetProperty("items").GetInt32()));
        Assert.All(runs, run =>
        {
            Assert.True(run.GetProperty("dispatchPerSecond").GetDouble() > 0);
            Assert.InRange(run.GetProperty("unfairness").GetDouble(), 0, 0.05);
            Assert.InRange(run.GetProperty("mostInFlight").GetInt32(), 1, run.GetProperty("window").GetInt32());
            Assert.InRange(run.GetProperty("interactiveOvertakenBy").GetInt32(), 0, run.GetProperty("window").GetInt32());
        });
    }

    [Fact]
    public void A_ledger_with_jobs_and_one_that_is_none_are_refused()
    {
        string[] bench = ["bench", "dispatch", "--items", "100", "--silos", "1", "--ledger", $"sqlite:{_folder["ledger.db"]}"];
        Assert.Equal(0, MuseProcess.Run(bench).ExitCode);
        var again = MuseProcess.Run(bench);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("the ledger has jobs, expected an empty one", again.Error, StringComparison.Ordinal);

        var none = MuseProcess.Run("bench", "dispatch", "--ledger", "nonsense");
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("--ledger: 'nonsense' is wrong; expected sqlite:PATH", none.Error, StringComparison.Ordinal);
    }
}
