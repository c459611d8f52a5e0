using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Silo.Api.Jobs;

namespace MuseCluster.Silo.Tests.Api;

public sealed class RetentionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muse-retention-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_a_tenants_retention_is_over_for_is_deleted_and_nothing_else()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var ledger = await SqlLedger.OpenAsync($"sqlite:{_folder}/ledger.db", time);
        var artifacts = new FolderArtifacts(Path.Combine(_folder, "artifacts"));
        await artifacts.PrepareAsync();
        await ledger.PutTenantAsync(new Tenant("ada") { Limits = new TenantLimits { RetentionDays = 7 } });
        var (old, others, alive) = (await EndedAsync("ada"), await EndedAsync("bob"), await SubmitAsync("ada"));
        time.Advance(TimeSpan.FromDays(6));
        var young = await EndedAsync("ada");
        await using var retention = new Retention(ledger, artifacts, time, NullLogger<Retention>.Instance);
        Assert.Equal(0, await retention.DeleteOnceAsync(CancellationToken.None));
        time.Advance(TimeSpan.FromDays(2));
        await retention.DeleteOnceAsync(CancellationToken.None);
        Assert.Null(await ledger.GetJobAsync(old));
        Assert.False(await artifacts.ExistsAsync(ArtifactName.Picture("ada", new ItemId(old, 0))));
        foreach (var (tenant, job) in new[] { ("bob", others), ("ada", young) })
        {
            Assert.NotNull(await ledger.GetJobAsync(job));
            Assert.True(await artifacts.ExistsAsync(ArtifactName.Picture(tenant, new ItemId(job, 0))));
        }
        Assert.NotNull(await ledger.GetJobAsync(alive));

        async Task<Guid> SubmitAsync(string tenant)
        {
            var job = new Job { Tenant = tenant, Model = "shapes", Requests = [new GenerationRequest { Prompt = "a" }] };
            await ledger.SubmitAsync(job);
            return job.Id;
        }

        async Task<Guid> EndedAsync(string tenant)
        {
            var job = await SubmitAsync(tenant);
            var name = ArtifactName.Picture(tenant, new ItemId(job, 0));
            await artifacts.WriteAsync(name, new MemoryStream([1]), "image/png");
            await ledger.EndAsync([Outcome.Done(new ItemId(job, 0), name.Path)]);
            return job;
        }
    }
}
