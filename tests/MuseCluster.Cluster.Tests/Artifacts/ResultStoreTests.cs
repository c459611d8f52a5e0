using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Cluster.Tests.Artifacts;

public sealed class ResultStoreTests : IAsyncLifetime
{
    private static readonly ItemId Id = new(Guid.Parse("0123456789abcdef0123456789abcdef"), 12);

    private static readonly ModelManifest Model = new()
    {
        Name = "shapes",
        Licence = "MIT",
        Base = Stage("base.safetensors"),
        Pixels = Stage("pixels.safetensors"),
        Sha256 = new Dictionary<string, string> { ["base.safetensors"] = new('1', 64), ["pixels.safetensors"] = new('2', 64) },
    };

    private static readonly Picture Picture = Picture.Solid(6, 6, new Rgb(10, 20, 30));

    private static readonly byte[] Png = PictureParameters.Encode(Picture, PictureParameters.Of(Message(1).Item.Request, Model));

    private readonly FolderArtifacts _artifacts = new(Directory.CreateTempSubdirectory("muse-results-").FullName);
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public Task InitializeAsync() => _artifacts.PrepareAsync();

    public Task DisposeAsync()
    {
        Directory.Delete(_artifacts.Root, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_result_is_the_picture_that_generate_writes_and_a_manifest_of_it()
    {
        var outcome = await Store().WriteAsync(Message(attempt: 2), Picture);
        Assert.Equal(Outcome.Done(Id, "tenant/0123456789abcdef0123456789abcdef/000012.json") with { Steps = 13, DeviceSeconds = 0.75 }, outcome);

        await using var file = await _artifacts.OpenAsync(ArtifactName.Parse(outcome.Result!));
        Assert.Equal("application/json", file!.ContentType);
        var manifest = PictureManifest.Parse(await file.ReadAllAsync());
        Assert.Equal(Id, manifest.Item);
        Assert.Equal("tenant", manifest.Tenant);
        Assert.Equal("shapes", manifest.Model);
        Assert.Equal(PictureParameters.Weights(Model), manifest.Weights);
        Assert.Equal(Message(2).Item.Request, manifest.Request);
        Assert.Equal(2, manifest.Attempt);
        Assert.Equal(Message(2).Timings, manifest.Timings);
        Assert.Equal((2, 3), (manifest.BaseGrid.Side, manifest.SuperresGrid!.Side));
        Assert.Equal(Message(2).BaseGrid, manifest.BaseGrid.Codes);
        Assert.Equal(Message(2).SuperresGrid, manifest.SuperresGrid.Codes);
        Assert.Equal(_time.GetUtcNow(), manifest.Created);
        Assert.NotEmpty(manifest.Software);

        Assert.Equal(new PictureFile("tenant/0123456789abcdef0123456789abcdef/000012.png", Convert.ToHexStringLower(SHA256.HashData(Png)), 6, 6), manifest.Picture);
        await using var picture = await _artifacts.OpenAsync(ArtifactName.Parse(manifest.Picture.Artifact));
        Assert.Equal("image/png", picture!.ContentType);
        Assert.Equal(Png, await picture.ReadAllAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_model_without_super_resolution_has_one_grid(bool empty)
    {
        var outcome = await Store().WriteAsync(Message(1) with { SuperresGrid = empty ? [] : null }, Picture);
        Assert.Null((await ManifestAsync(outcome)).SuperresGrid);
    }

    [Fact]
    public async Task Writing_again_changes_nothing()
    {
        var outcome = await Store().WriteAsync(Message(1), Picture);
        var before = await EverythingAsync();
        _time.Advance(TimeSpan.FromHours(1));
        var again = new FaultyArtifacts(_artifacts);
        Assert.Equal(outcome, await Store(again).WriteAsync(Message(2), Picture));
        Assert.Equal(before, await EverythingAsync());
        Assert.Equal(["write", "open", "write"], again.Log.Select(call => call.Split(' ')[0]));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task Whatever_call_an_attempt_dies_at_the_next_completes_the_result(int call, bool after)
    {
        var dying = new FaultyArtifacts(_artifacts) { FailAt = call, After = after };
        await Assert.ThrowsAsync<ArtifactException>(() => Store(dying).WriteAsync(Message(1), Picture));
        Assert.Equal(call, dying.Log.Count);
        var outcome = await Store().WriteAsync(Message(2), Picture);

        var manifest = await ManifestAsync(outcome);
        Assert.Equal(call == 2 && after ? 1 : 2, manifest.Attempt);
        await using var picture = await _artifacts.OpenAsync(ArtifactName.Parse(manifest.Picture.Artifact));
        Assert.Equal(manifest.Picture.Sha256, picture!.Sha256);
        Assert.Equal(Png, await picture.ReadAllAsync());
        Assert.Equal(2, (await EverythingAsync()).Count);
    }

    [Fact]
    public async Task An_attempt_that_made_other_pixels_describes_its_own_picture()
    {
        var other = Picture.Solid(6, 6, new Rgb(11, 20, 30));
        var dying = new FaultyArtifacts(_artifacts) { FailAt = 2 };
        await Assert.ThrowsAsync<ArtifactException>(() => Store(dying).WriteAsync(Message(1), other));
        var manifest = await ManifestAsync(await Store().WriteAsync(Message(2), Picture));

        Assert.Equal($"tenant/0123456789abcdef0123456789abcdef/000012-{manifest.Picture.Sha256}.png", manifest.Picture.Artifact);
        await using var picture = await _artifacts.OpenAsync(ArtifactName.Parse(manifest.Picture.Artifact));
        Assert.Equal(Png, await picture!.ReadAllAsync());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Png)), manifest.Picture.Sha256);
    }

    [Fact]
    public async Task Of_many_attempts_at_once_one_result_is_whole()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 16).Select(attempt => Task.Run(
            () => Store().WriteAsync(Message(attempt), Picture.Solid(6, 6, new Rgb((byte)(attempt % 3), 0, 0))))));
        var outcome = Assert.Single(outcomes.Distinct());
        var manifest = await ManifestAsync(outcome);
        await using var picture = await _artifacts.OpenAsync(ArtifactName.Parse(manifest.Picture.Artifact));
        Assert.Equal(manifest.Picture.Sha256, picture!.Sha256);
        var decoded = Generation.Pictures.Png.Decode(await picture.ReadAllAsync()).Picture;
        Assert.Equal((byte)(manifest.Attempt % 3), decoded[0, 0].R);
    }

    [Fact]
    public async Task An_item_without_its_grid_is_refused()
    {
        var thrown = await Assert.ThrowsAsync<ArgumentException>(() => Store().WriteAsync(Message(1) with { BaseGrid = null }, Picture));
        Assert.Contains(Id.ToString(), thrown.Message, StringComparison.Ordinal);
        Assert.Empty(await EverythingAsync());
    }

    private static StageManifest Stage(string weights) => new() { Network = "any", Weights = [weights], Config = JsonSerializer.SerializeToElement(new { }) };

    private static StageMessage Message(int attempt) => new()
    {
        Item = new Item(Id, "tenant", "shapes", PriorityClass.Batch, new GenerationRequest { Prompt = "a red circle", Seed = ulong.MaxValue, Steps = 5 }, attempt),
        BaseGrid = [0, 1, 2, 65535],
        SuperresGrid = [1, 2, 3, 4, 5, 6, 7, 8, 9],
        Timings = [new StageTiming(Work.Stage.Base, "silo-1", new DateTimeOffset(2030, 1, 2, 3, 4, 0, TimeSpan.Zero), 1.5 + attempt, 0.75)],
    };

    private ResultStore Store(IArtifactStore? artifacts = null) => new(artifacts ?? _artifacts, Model, _time);

    private async Task<PictureManifest> ManifestAsync(Outcome outcome)
    {
        await using var file = await _artifacts.OpenAsync(ArtifactName.Parse(outcome.Result!));
        return PictureManifest.Parse(await file!.ReadAllAsync());
    }

    private async Task<Dictionary<string, string>> EverythingAsync()
    {
        var everything = new Dictionary<string, string>();
        await foreach (var name in _artifacts.ListAsync("tenant"))
        {
            await using var artifact = await _artifacts.OpenAsync(name);
            everything[name.Path] = artifact!.Sha256;
        }
        return everything;
    }
}
