namespace MuseCluster.Cli.Tests.Commands;

/// <summary>What commands that talk to a server say before there is one.</summary>
public sealed class ServerUsageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("generate", "a red circle")]
    [InlineData("batch", "list")]
    [InlineData("batch", "watch", "batch_1")]
    [InlineData("jobs", "list")]
    [InlineData("jobs", "cancel", "1")]
    [InlineData("usage")]
    [InlineData("silos")]
    public void WhereNothingListensTheErrorSaysSoAndHowToStartASilo(params string[] command)
    {
        var url = $"http://127.0.0.1:{MuseServer.FreePort()}";
        var result = MuseProcess.Run([.. command, "--server", url]);

        Assert.Equal(1, result.ExitCode);
        Assert.EndsWith($": nothing listens at {url}; start a silo on this machine with: muse serve, or name one that runs with --server URL", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("localhost:8080")]
    [InlineData("ftp://host")]
    [InlineData("http://")]
    public void AUrlThatIsNoneIsNamed(string url) =>
        Refused($"muse usage: --server: '{url}' is wrong; expected http://HOST:PORT or https://HOST", "usage", "--server", url);

    [Fact]
    public void AKeyThatIsNoneIsRefused() => Refused("muse silos: --key: 'a b' is wrong; expected a key that `muse tenants add` printed", "silos", "--key", "a b");

    [Fact]
    public void AMissingFileIsNamed()
    {
        Refused($"muse batch submit: FILE: '{_folder["no.jsonl"]}' is not there; expected a JSONL file with a request a line", "batch", "submit", _folder["no.jsonl"]);
        Refused($"muse batch submit: FILE: '{_folder.Path}' is a folder; expected a JSONL file with a request a line", "batch", "submit", _folder.Path);
        Refused($"muse batch submit: FILE: '{_folder.Write("empty.jsonl", "")}' is empty; expected a JSONL file with a request a line", "batch", "submit", _folder["empty.jsonl"]);
    }

    [Fact]
    public void AnOutputWithoutAFolderIsNamedBeforeAnythingIsSent()
    {
        var file = _folder.Write("in.jsonl", "{}\n");
        Assert.Contains("--out: the folder", Refused(null, "batch", "submit", file, "--out", _folder["none/out.jsonl"]), StringComparison.Ordinal);
        Assert.Contains("--out: the folder", Refused(null, "batch", "results", "batch_1", "--out", _folder["none/out.jsonl"]), StringComparison.Ordinal);
        Assert.Contains("--out: is missing; expected --out FILE for the answers", Refused(null, "batch", "results", "batch_1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--from", "yesterday", "--from: 'yesterday' is wrong; expected a day such as 2026-01-31")]
    [InlineData("--to", "2025-12-31", "--to: '2025-12-31' is before --from '2026-01-01'; expected that day or a later one")]
    public void DaysAreChecked(string flag, string value, string problem) =>
        Assert.Contains(problem, Refused(null, [.. flag == "--to" ? ["usage", "--from", "2026-01-01"] : new[] { "usage" }, flag, value]), StringComparison.Ordinal);

    [Fact]
    public void ThreadsAreNotTheServers() =>
        Assert.Contains("--threads: does not go with a server", Refused(null, "generate", "x", "--threads", "1", "--server", "http://127.0.0.1:1"), StringComparison.Ordinal);

    [Fact]
    public void ServeRefusesWrongSettingsByName() =>
        Assert.Contains("--capacity: 'many' is wrong; expected a whole number from 1 to 4096", Refused(null, "serve", "--capacity", "many"), StringComparison.Ordinal);

    private static string Refused(string? line, params string[] arguments)
    {
        var result = MuseProcess.Run(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        var said = Assert.Single(result.ErrorLines);
        if (line is not null)
            Assert.Equal(line, said);
        return said;
    }
}
