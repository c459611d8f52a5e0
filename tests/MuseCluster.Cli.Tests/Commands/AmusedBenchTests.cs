namespace MuseCluster.Cli.Tests.Commands;

public class AmusedBenchTests
{
    [Fact]
    public void A_missing_pytorch_is_one_line_before_any_work()
    {
        var result = MuseProcess.Run("bench", "amused", "--python", "/no/such/python3");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("there is no /no/such/python3: install Debian's python3-torch", Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }
}
