using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Tests.Servers;

namespace MuseCluster.Cluster.Tests.Artifacts;

[Collection(AzuriteCollection.Name)]
public sealed class BlobArtifactsTests(AzuriteFixture azurite) : ArtifactStoreConformance
{
    private static readonly ArtifactName Name = ArtifactName.Parse("tenant/job/000001.png");

    private readonly string _container = $"test-{Guid.NewGuid():N}";

    private BlobContainerClient Container => Client();

    public override async Task DisposeAsync() => await Container.DeleteIfExistsAsync();

    [Fact]
    public async Task A_server_that_is_down_is_an_error_that_names_the_artifact_and_not_the_secret()
    {
        var store = new BlobArtifacts(Client(retries: 1));
        await azurite.Server.StopAsync();
        try
        {
            var thrown = await Assert.ThrowsAsync<ArtifactException>(() => WriteAsync(store, Name, [1]));
            Assert.Contains($"artifact '{Name}' could not be written to http://127.0.0.1", thrown.Message, StringComparison.Ordinal);
            Assert.Contains("Connection refused", thrown.Message, StringComparison.Ordinal);
            Assert.Contains("after 2 attempts", thrown.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<ArtifactException>(() => store.PrepareAsync());
        }
        finally
        {
            await azurite.Server.StartAsync();
        }
        Assert.True(await WriteAsync(store, Name, [1]));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(BlobArtifacts.BlockBytes + 1000)]
    public async Task A_writer_whose_answer_was_lost_knows_that_it_won(int length)
    {
        var losing = new LosesAnswers();
        var store = new BlobArtifacts(Client(retries: 2, losing));
        Assert.True(await WriteAsync(store, Name, Bytes(length, 1)));
        Assert.Equal(1, losing.Lost);
        Assert.Equal(Bytes(length, 1), await ReadAsync(Name));

        losing.Lost = 0;
        Assert.False(await WriteAsync(store, Name, [2]));
    }

    [Fact]
    public async Task A_large_writer_whose_blocks_another_dropped_has_lost()
    {
        var gate = new TaskCompletionSource();
        var source = new SourceStream(Bytes(2 * BlobArtifacts.BlockBytes, 1), wait: gate.Task);
        var late = Open().WriteAsync(Name, source, "image/png");
        await source.Drained.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(await WriteAsync(Open(), Name, [1]));
        gate.SetResult();
        Assert.False(await late);
        Assert.Equal([1], await ReadAsync(Name));
    }

    [Fact]
    public async Task A_blob_of_somebody_else_is_refused()
    {
        await Container.UploadBlobAsync(Name.Path, new BinaryData("x"));
        var thrown = await Assert.ThrowsAsync<ArtifactException>(() => Open().OpenAsync(Name));
        Assert.Contains("has no metadata 'sha256'", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shared_access_signature_of_the_container_is_enough()
    {
        const BlobContainerSasPermissions permissions = BlobContainerSasPermissions.Read | BlobContainerSasPermissions.Create
            | BlobContainerSasPermissions.Write | BlobContainerSasPermissions.List | BlobContainerSasPermissions.Delete;
        var url = Container.GenerateSasUri(permissions, DateTimeOffset.UtcNow.AddHours(1));
        var store = ArtifactStores.Open(url.AbsoluteUri);
        await store.PrepareAsync();
        Assert.True(await WriteAsync(store, Name, [1]));
        Assert.Equal([Name], await store.ListAsync("tenant").ToListAsync());
        await store.DeleteAsync(Name);
        Assert.False(await store.ExistsAsync(Name));
    }

    [Fact]
    public async Task A_signature_that_does_not_allow_writing_shows_when_the_store_is_prepared()
    {
        var url = Container.GenerateSasUri(BlobContainerSasPermissions.Read, DateTimeOffset.UtcNow.AddHours(1));
        var thrown = await Assert.ThrowsAsync<ArtifactException>(() => ArtifactStores.Open(url.AbsoluteUri).PrepareAsync());
        Assert.Contains($"the container {Container.Uri} cannot be used", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("(403 ", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_names_its_container()
    {
        var store = ArtifactStores.Open($"{azurite.Server.Connection};Container={_container}");
        await WriteAsync(store, Name, [1]);
        Assert.Equal([1], await ReadAsync(Name));
    }

    protected override IArtifactStore Open() => new BlobArtifacts(azurite.Server.Connection, _container);

    protected override async Task TamperAsync(ArtifactName name, Func<byte[], byte[]> change)
    {
        var blob = Container.GetBlobClient(name.Path);
        BlobDownloadResult there = await blob.DownloadContentAsync();
        await blob.UploadAsync(new BinaryData(change(there.Content.ToArray())), new BlobUploadOptions { Metadata = there.Details.Metadata });
    }

    protected override async Task RestartAsync()
    {
        await azurite.Server.StopAsync();
        await azurite.Server.StartAsync();
    }

    protected override Task RemoveAsync() => Container.DeleteAsync();

    private BlobContainerClient Client(int retries = 4, HttpPipelinePolicy? policy = null)
    {
        var options = new BlobClientOptions { Retry = { MaxRetries = retries, Delay = TimeSpan.FromMilliseconds(10) } };
        if (policy is not null)
            options.AddPolicy(policy, HttpPipelinePosition.PerRetry);
        return new BlobContainerClient(azurite.Server.Connection, _container, options);
    }

    /// <summary>Loses the first answer that says that a blob was committed.</summary>
    private sealed class LosesAnswers : HttpPipelinePolicy
    {
        public int Lost { get; set; }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            await ProcessNextAsync(message, pipeline);
            if (Lost == 0 && message.Response.Status == 201 && !message.Request.Uri.Query.Contains("comp=block&", StringComparison.Ordinal))
            {
                Lost++;
                throw new IOException("the answer was lost");
            }
        }
    }
}
