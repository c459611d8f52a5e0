using System.Diagnostics;
using MuseCluster.Tests.Shared;

namespace MuseCluster.EndToEnd.Tests;

/// <summary>OpenAI's own client for JavaScript, unmodified, against a silo. What is expected is in <c>openai/client.mjs</c>.</summary>
public sealed class OpenAiClientTests(RunningGateway gateway) : IClassFixture<RunningGateway>
{
    [Fact]
    public Task It_lists_the_models() => RunAsync("models");

    [Fact]
    public Task It_takes_pictures_in_base64() => RunAsync("base64");

    [Fact]
    public Task It_takes_pictures_by_url() => RunAsync("url");

    [Fact]
    public Task It_streams_three_partial_pictures_and_the_complete_one() => RunAsync("stream");

    [Fact]
    public Task It_passes_fields_that_are_ours() => RunAsync("extensions");

    [Fact]
    public Task It_knows_errors_by_their_class_param_and_code() => RunAsync("errors");

    [Fact]
    public Task It_runs_a_batch_of_500_lines() => RunAsync("batch");

    [Fact]
    public Task It_lists_reads_and_deletes_files() => RunAsync("files");

    private async Task RunAsync(string part)
    {
        var package = Path.Combine(Repository.Root, ".build", "openai", "node_modules", "openai");
        Assert.True(Directory.Exists(package), $"there is no {package}: ./test installs it");
        // The script's own patience is shorter: this is for a script that hangs.
        var patience = 4 * RunningGateway.Patience;
        var start = new ProcessStartInfo(Node) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { Path.Combine(Repository.Root, "tests", "MuseCluster.EndToEnd.Tests", "openai", "client.mjs"), part, $"{gateway.Address}/v1", await gateway.KeyAsync(), package })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{part} took more than {patience.TotalSeconds} s:\n{string.Concat(await output)}");
        }
        Assert.True(process.ExitCode == 0, string.Concat(await output));
    }

    /// <summary>The node that Playwright brings: the client wants a newer one than Debian 12 has.</summary>
    private static string Node { get; } = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, ".playwright", "node"), "node", SearchOption.AllDirectories).Single();
}
