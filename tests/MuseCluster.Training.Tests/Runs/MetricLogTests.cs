using MuseCluster.Training.Runs;

namespace MuseCluster.Training.Tests.Runs;

public sealed class MetricLogTests
{
    [Fact]
    public void AResumedLogForgetsTheStepsThatAreMadeAgain()
    {
        using var run = new TempRun();
        var log = new MetricLog(run["m.csv"], 0);
        for (var step = 0; step < 10; step++)
        {
            log.Add(step, "loss", 1.0 / (step + 1));
            log.Add(step, "commitment", step);
        }
        log.Save();
        var whole = File.ReadAllText(run["m.csv"]);
        Assert.StartsWith("step,name,value\n0,loss,1\n0,commitment,0\n1,loss,0.5\n", whole, StringComparison.Ordinal);
        Assert.Equal(21, File.ReadAllLines(run["m.csv"]).Length);

        var resumed = new MetricLog(run["m.csv"], 6);
        for (var step = 6; step < 10; step++)
        {
            resumed.Add(step, "loss", 1.0 / (step + 1));
            resumed.Add(step, "commitment", step);
            if (step == 8)
                resumed.Save();
        }
        resumed.Save();
        Assert.Equal(whole, File.ReadAllText(run["m.csv"]));
    }

    [Fact]
    public void ALineThatAKillCutShortIsForgotten()
    {
        using var run = new TempRun();
        File.WriteAllText(run["m.csv"], "step,name,value\n0,loss,2\n1,loss,1\n2,lo");
        var log = new MetricLog(run["m.csv"], 5);
        log.Add(2, "loss", 0.5);
        log.Save();
        Assert.Equal("step,name,value\n0,loss,2\n1,loss,1\n2,loss,0.5\n", File.ReadAllText(run["m.csv"]));
    }

    [Fact]
    public void CurvesAreDrawn_EvenOfNothing()
    {
        using var run = new TempRun();
        var log = new MetricLog(run["m.csv"], 0);
        Assert.True(log.Draw("nothing").Width > 0);
        for (var step = 0; step < 3000; step++)
            log.Add(step, step % 2 == 0 ? "loss" : "other", Math.Exp(-step / 500.0));
        Assert.Equal(log.Draw("nothing").Width, log.Draw("a run").Width);
    }
}
