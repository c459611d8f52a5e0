using System.Text.Json.Nodes;
using MuseCluster.Client;

namespace MuseCluster.Cli.Tests.Commands;

/// <summary>Commands against a real <c>muse serve</c>.</summary>
public sealed class ServerTests(MuseServer server) : IClassFixture<MuseServer>, IDisposable
{
    private static readonly string[] Quick = ["--steps", "3", "--sr-steps", "2"];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ServePrintsWhereThePageAndTheApiAre()
    {
        Assert.Equal(($"{server.Url}/", $"{server.Url}/v1"), ((string?)server.Printed["page"], (string?)server.Printed["api"]));
        Assert.Equal("shapes", (string?)Assert.Single(server.Printed["models"]!.AsArray()));
    }

    [Fact]
    public void PicturesOfAServerAreThoseMadeHere()
    {
        string[] generate = ["generate", "a red circle", "--seed", "7", "--negative", "green", "--count", "2", .. Quick];
        Run([.. generate, "--out", _folder["here.png"]]);
        var result = MuseProcess.Run([.. generate, "--out", _folder["there.png"], "--server", server.Url, "--json"]);
        Assert.True(result.ExitCode == 0, result.Error);

        foreach (var i in new[] { 1, 2 })
            Assert.Equal(File.ReadAllBytes(_folder[$"here-{i}.png"]), File.ReadAllBytes(_folder[$"there-{i}.png"]));
        var second = JsonNode.Parse(result.Output)!["pictures"]![1]!;
        Assert.Equal((_folder["there-2.png"], 7, 1), ((string?)second["file"], (int)second["seed"]!, (int)second["picture"]!));

        Run("generate", "--like", _folder["there-2.png"], "--out", _folder["again.png"], "--server", server.Url);
        Assert.Equal(File.ReadAllBytes(_folder["here-2.png"]), File.ReadAllBytes(_folder["again.png"]));
    }

    [Fact]
    public async Task TheClientMakesPicturesAtOnceAndAsAStream()
    {
        using var client = server.Client();
        var request = new ImageRequest { Prompt = "a red circle", Seed = 7, N = 2, Steps = 3, SrSteps = 2 };
        var result = await client.Images.GenerateAsync(request, "a-key-of-its-own");
        var again = await client.Images.GenerateAsync(request with { ResponseFormat = "url" }, "a-key-of-its-own");
        Assert.Equal((result.Job, 7UL), (again.Job, again.Data[1].Seed));
        using (var file = new MemoryStream())
        {
            await using (var picture = await client.Images.OpenAsync(again.Data[1].Url!))
                await picture.CopyToAsync(file);
            Assert.Equal(result.Data[1].ToBytes(), file.ToArray());
        }

        var events = await client.Images.StreamAsync(request with { PartialImages = 1 }).ToListAsync();
        Assert.Equal([0, 1], events.OfType<CompletedImage>().Select(e => e.Index!.Value).Order());
        Assert.Equal(result.Data[0].ToBytes(), events.OfType<CompletedImage>().Single(e => e.Index == 0).Png);
        Assert.DoesNotContain(events, e => e is FailedImage);
        var refused = await Assert.ThrowsAsync<MuseApiException>(() => client.Images.GenerateAsync(request with { Steps = 0 }));
        Assert.Equal(("steps", "invalid_value"), (refused.Param, refused.Code));
        refused = await Assert.ThrowsAsync<MuseApiException>(() => client.Images.GenerateAsync(request with { Seed = 8 }, "a-key-of-its-own"));
        Assert.Equal("idempotency_key_reused", refused.Code);
    }

    [Fact]
    public void AModelThatIsNotServedIsNamed()
    {
        var result = MuseProcess.Run("generate", "a red circle", "--model", "paintings", "--out", _folder["a.png"], "--server", server.Url);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("'paintings'; expected one of shapes", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task CtrlCCancelsThePicturesAtTheServerToo()
    {
        using var client = server.Client();
        string? id = null;
        bool Made()
        {
            var job = client.Jobs.ListAsync(1).FirstOrDefaultAsync().AsTask().Result;
            if (job is { Counts.Total: 777 })
                id = job.Id;
            return id is not null;
        }
        var result = MuseProcess.RunUntil(_ => Made(), MuseProcess.Interrupt, "generate", "a red circle", "--count", "777", "--out", _folder["a.png"], "--server", server.Url);

        Assert.Equal(130, result.ExitCode);
        Assert.Equal(0, (await client.Jobs.GetAsync(id!)).Counts.Queued);
        Assert.NotEqual(0, (await client.Jobs.GetAsync(id!)).Counts.Cancelled);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task JobsAreListedShownPausedResumedAndCancelled()
    {
        using var client = server.Client();
        var job = await client.Jobs.SubmitAsync(new JobRequest([new JobPictures { Prompt = "a blue square", N = 300 }]));

        Assert.Contains(JsonNode.Parse(Run("jobs", "list", "--json", "--server", server.Url).Output)!["jobs"]!.AsArray(), j => (string?)j!["id"] == job.Id);
        Run("jobs", "pause", job.Id, "--server", server.Url);
        Assert.NotEqual(0, (await client.Jobs.GetAsync(job.Id)).Counts.Paused);
        Run("jobs", "resume", job.Id, "--server", server.Url);
        Assert.Equal(0, (await client.Jobs.GetAsync(job.Id)).Counts.Paused);
        Run("jobs", "cancel", job.Id, "--server", server.Url);
        var shown = JsonNode.Parse(Run("jobs", "show", job.Id, "--state", "cancelled", "--limit", "3", "--json", "--server", server.Url).Output)!;
        Assert.Equal(3, shown["items"]!.AsArray().Count);

        var watch = MuseProcess.Run("jobs", "watch", job.Id, "--server", server.Url);
        Assert.Equal(1, watch.ExitCode);
        Assert.Contains("were cancelled; see them with", watch.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void SilosAndUsageAreShown()
    {
        Run(["generate", "a white ring", .. Quick, "--out", _folder["a.png"], "--server", server.Url]);
        var silos = JsonNode.Parse(Run("silos", "--json", "--server", server.Url).Output)!;
        Assert.Equal(4, Assert.Single(silos["data"]!.AsArray())!["grains"]!.AsArray().Count);
        Assert.Contains("gateway", Run("silos", "--server", server.Url).Output, StringComparison.Ordinal);
        var usage = JsonNode.Parse(Run("usage", "--json", "--server", server.Url).Output)!;
        Assert.True((int)usage["data"]![0]!["pictures"]! >= 1);
        Assert.Contains("requests a minute", Run("usage", "--server", server.Url).Output, StringComparison.Ordinal);
    }

    private static MuseProcess.Result Run(params string[] arguments)
    {
        var result = MuseProcess.Run(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }
}
