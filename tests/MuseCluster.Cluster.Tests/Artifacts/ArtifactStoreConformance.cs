using System.Security.Cryptography;
using MuseCluster.Cluster.Artifacts;

namespace MuseCluster.Cluster.Tests.Artifacts;

/// <summary>What every artifact store holds.</summary>
public abstract class ArtifactStoreConformance : IAsyncLifetime
{
    private const int Block = BlobArtifacts.BlockBytes;

    private static readonly ArtifactName Name = ArtifactName.Parse("tenant/job/000001.png");

    /// <summary>Another opening of this test's store.</summary>
    protected abstract IArtifactStore Open();

    /// <summary>Changes an artifact's stored bytes and leaves its checksum.</summary>
    protected abstract Task TamperAsync(ArtifactName name, Func<byte[], byte[]> change);

    /// <summary>Stops what serves the store, and starts it again.</summary>
    protected abstract Task RestartAsync();

    /// <summary>Takes the store away.</summary>
    protected abstract Task RemoveAsync();

    public virtual Task InitializeAsync() => Open().PrepareAsync();

    public abstract Task DisposeAsync();

    [Fact]
    public async Task Preparing_again_keeps_what_is_there()
    {
        await WriteAsync(Open(), Name, [1, 2, 3]);
        await Open().PrepareAsync();
        Assert.Equal([1, 2, 3], await ReadAsync(Name));
        Assert.Equal([Name], await ListAsync("tenant"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData(20 << 20)]
    public async Task Content_comes_back_as_it_was_written(int length)
    {
        var bytes = Bytes(length, length);
        var store = Open();
        var (streamed, seekable) = (ArtifactName.Parse("tenant/streamed"), ArtifactName.Parse("tenant/seekable"));
        var source = new SourceStream(bytes);
        Assert.True(await store.WriteAsync(streamed, source, "image/png"));
        Assert.InRange(source.LargestRead, 1, Block);
        var memory = new MemoryStream([9, 9, .. bytes]) { Position = 2 };
        Assert.True(await store.WriteAsync(seekable, memory, "text/plain; charset=\"utf-8\""));
        Assert.True(memory.CanRead, "the caller's stream stays open");

        foreach (var (name, type) in new[] { (streamed, "image/png"), (seekable, "text/plain; charset=\"utf-8\"") })
        {
            await using var artifact = await Open().OpenAsync(name);
            Assert.NotNull(artifact);
            Assert.Equal(length, artifact.Length);
            Assert.Equal(type, artifact.ContentType);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), artifact.Sha256);
            AssertSame(bytes, await artifact.ReadAllAsync());
            Assert.Equal(0, await artifact.Content.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false));
        }
    }

    [Fact]
    public async Task The_first_write_counts()
    {
        Assert.True(await WriteAsync(Open(), Name, [1]));
        Assert.False(await WriteAsync(Open(), Name, [2, 2]));
        Assert.False(await WriteAsync(Open(), Name, [1]));
        Assert.Equal([1], await ReadAsync(Name));
    }

    [Theory]
    [InlineData(1000, 24)]
    [InlineData(Block + 1000, 6)]
    public async Task Of_many_writers_at_once_exactly_one_wins_and_its_bytes_are_there(int length, int writers)
    {
        var wins = await Task.WhenAll(Enumerable.Range(0, writers).Select(async i =>
        {
            var store = Open();
            await Task.Yield();
            return await store.WriteAsync(Name, new SourceStream(Bytes(length + i, i)), "image/png");
        }));
        var winner = Assert.Single(Enumerable.Range(0, writers), i => wins[i]);
        AssertSame(Bytes(length + winner, winner), await ReadAsync(Name));
        Assert.Equal([Name], await ListAsync("tenant"));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData((2 * Block) + 1000)]
    public async Task What_a_failing_source_gave_is_never_there(int length)
    {
        var failure = new InvalidOperationException("the source failed");
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => Open().WriteAsync(Name, new SourceStream(Bytes(length, 1), failure), "image/png"));
        Assert.Same(failure, thrown);
        await AssertNothingThereAsync();
        Assert.True(await WriteAsync(Open(), Name, [7]));
        Assert.Equal([7], await ReadAsync(Name));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData((2 * Block) + 1000)]
    public async Task What_a_cancelled_writer_wrote_is_never_there(int length)
    {
        using var cancel = new CancellationTokenSource();
        var source = new SourceStream(Bytes(length, 1), wait: new TaskCompletionSource().Task);
        var writing = Open().WriteAsync(Name, source, "image/png", cancel.Token);
        await source.Drained.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await AssertNothingThereAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        await AssertNothingThereAsync();
        Assert.True(await WriteAsync(Open(), Name, [7]));
        Assert.Equal([7], await ReadAsync(Name));
    }

    [Fact]
    public async Task A_cancelled_token_stops_every_call()
    {
        var (store, cancelled) = (Open(), new CancellationToken(canceled: true));
        await WriteAsync(store, Name, [1]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.WriteAsync(ArtifactName.Parse("tenant/other"), new SourceStream([1]), "image/png", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.OpenAsync(Name, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.ExistsAsync(Name, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.DeleteAsync(Name, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ListAsync("tenant", "", cancelled).ToListAsync());
        Assert.Equal([Name], await ListAsync("tenant"));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(Block + 1000)]
    public async Task Changed_bytes_are_found_before_the_last_one_is_given(int length)
    {
        foreach (var at in new[] { 0, length / 2, length - 1 })
        {
            var name = ArtifactName.Parse($"tenant/{at}");
            await WriteAsync(Open(), name, Bytes(length, 3));
            await TamperAsync(name, bytes =>
            {
                bytes[at] ^= 0x10;
                return bytes;
            });
            await using var artifact = await Open().OpenAsync(name);
            using var read = new MemoryStream();
            var thrown = await Assert.ThrowsAsync<ArtifactException>(() => artifact!.Content.CopyToAsync(read));
            Assert.Contains($"artifact '{name}' is damaged", thrown.Message, StringComparison.Ordinal);
            Assert.True(read.Length < length);
            await Assert.ThrowsAsync<ArtifactException>(() => artifact!.Content.CopyToAsync(read));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    public async Task Missing_bytes_are_found(int missing)
    {
        await WriteAsync(Open(), Name, Bytes(1000, 3));
        await TamperAsync(Name, bytes => bytes[..^missing]);
        var thrown = await Assert.ThrowsAsync<ArtifactException>(() => ReadAsync(Name));
        Assert.Contains($"artifact '{Name}' is damaged", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Synchronous_readers_are_protected_too()
    {
        await WriteAsync(Open(), Name, Bytes(1000, 3));
        await using (var good = await Open().OpenAsync(Name))
        {
            var bytes = new byte[1000];
            good!.Content.ReadExactly(bytes);
            Assert.Equal(Bytes(1000, 3), bytes);
            Assert.Equal(-1, good.Content.ReadByte());
        }
        await TamperAsync(Name, bytes => [.. bytes[..^1], (byte)~bytes[^1]]);
        await using var bad = await Open().OpenAsync(Name);
        Assert.Throws<ArtifactException>(() => bad!.Content.ReadExactly(new byte[1000]));
    }

    [Fact]
    public async Task What_is_missing_is_null()
    {
        await WriteAsync(Open(), Name, [1]);
        foreach (var missing in new[] { "tenant/job/000002.png", "tenant/job", "other/job/000001.png" })
        {
            Assert.Null(await Open().OpenAsync(ArtifactName.Parse(missing)));
            Assert.False(await Open().ExistsAsync(ArtifactName.Parse(missing)));
        }
        Assert.True(await Open().ExistsAsync(Name));
    }

    [Fact]
    public async Task What_was_deleted_is_gone_and_may_be_written_anew()
    {
        var other = ArtifactName.Parse("tenant/job/000002.png");
        await WriteAsync(Open(), Name, [1]);
        await WriteAsync(Open(), other, [2]);
        await Open().DeleteAsync(Name);
        await Open().DeleteAsync(Name);
        Assert.Null(await Open().OpenAsync(Name));
        Assert.False(await Open().ExistsAsync(Name));
        Assert.Equal([other], await ListAsync("tenant"));
        Assert.True(await WriteAsync(Open(), Name, [3]));
        Assert.Equal([3], await ReadAsync(Name));
    }

    [Fact]
    public async Task A_list_has_the_tenants_own_by_path_and_nobody_elses()
    {
        string[] paths = ["a/x", "a/x-y/z", "a/x.png", "a/y/1", "a/y/10", "a/y/2", "a/z/deep/er", "a-b/x", "a-b/y/1", "ab/x"];
        foreach (var path in paths.Reverse())
            // One path is no other's folder, as FolderArtifacts has it.
            await WriteAsync(Open(), ArtifactName.Parse(path == "a/x" ? "a/x0" : path), [1]);
        Assert.Equal(["a/x-y/z", "a/x.png", "a/x0", "a/y/1", "a/y/10", "a/y/2", "a/z/deep/er"], await PathsAsync("a", ""));
        Assert.Equal(["a/y/1", "a/y/10", "a/y/2"], await PathsAsync("a", "y/"));
        Assert.Equal(["a/y/1", "a/y/10"], await PathsAsync("a", "y/1"));
        Assert.Equal(["a/x-y/z", "a/x.png", "a/x0"], await PathsAsync("a", "x"));
        Assert.Equal(["a/z/deep/er"], await PathsAsync("a", "z/deep/e"));
        Assert.Equal(["a-b/x", "a-b/y/1"], await PathsAsync("a-b", ""));
        foreach (var foreign in new[] { "-b", "../a-b", "../", "/", "y/../../ab/", "nothing" })
            Assert.Empty(await PathsAsync("a", foreign));
        Assert.Empty(await PathsAsync("nobody", ""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/")]
    [InlineData("a/b")]
    [InlineData("A")]
    public void A_list_of_no_tenant_is_refused(string tenant) =>
        Assert.Contains($"'{tenant}' is no tenant's name", Assert.Throws<FormatException>(() => Open().ListAsync(tenant)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("png")]
    [InlineData("image/png\r\nx-evil: 1")]
    [InlineData("image/pñg")]
    public async Task A_wrong_content_type_is_refused(string type)
    {
        var thrown = await Assert.ThrowsAsync<ArgumentException>(() => Open().WriteAsync(Name, new SourceStream([1]), type));
        Assert.Contains("expected a media type such as image/png", thrown.Message, StringComparison.Ordinal);
        await AssertNothingThereAsync();
    }

    [Fact]
    public async Task Everything_is_there_after_a_restart_and_goes_on()
    {
        var store = Open();
        await WriteAsync(store, Name, Bytes(5000, 5));
        await RestartAsync();
        var after = ArtifactName.Parse("tenant/after");
        Assert.False(await WriteAsync(store, Name, [1]));
        Assert.True(await WriteAsync(store, after, [2]));
        Assert.Equal(Bytes(5000, 5), await ReadAsync(Name));
        Assert.Equal([after, Name], await ListAsync("tenant"));
    }

    [Fact]
    public async Task A_store_that_is_gone_says_so_rather_than_that_nothing_is_there()
    {
        var store = Open();
        await WriteAsync(store, Name, [1]);
        await RemoveAsync();
        Func<Task>[] calls =
        [
            () => store.WriteAsync(Name, new SourceStream([1]), "image/png"),
            () => store.OpenAsync(Name),
            () => store.ExistsAsync(Name),
            () => store.DeleteAsync(Name),
            async () => await store.ListAsync("tenant").ToListAsync(),
        ];
        foreach (var call in calls)
            Assert.Contains("tenant/", (await Assert.ThrowsAsync<ArtifactException>(call)).Message, StringComparison.Ordinal);
        await store.PrepareAsync();
        Assert.Empty(await ListAsync("tenant"));
    }

    /// <summary>Bytes that differ by seed.</summary>
    protected static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    protected static Task<bool> WriteAsync(IArtifactStore store, ArtifactName name, byte[] bytes) =>
        store.WriteAsync(name, new MemoryStream(bytes), "application/octet-stream");

    protected async Task<byte[]> ReadAsync(ArtifactName name)
    {
        await using var artifact = await Open().OpenAsync(name);
        return await Assert.IsType<Artifact>(artifact).ReadAllAsync();
    }

    // xunit's own comparison of large arrays takes seconds.
    private static void AssertSame(byte[] expected, byte[] actual) => Assert.True(expected.AsSpan().SequenceEqual(actual));

    private async Task<List<ArtifactName>> ListAsync(string tenant) => await Open().ListAsync(tenant).ToListAsync();

    private async Task<List<string>> PathsAsync(string tenant, string prefix) => await Open().ListAsync(tenant, prefix).Select(n => n.Path).ToListAsync();

    private async Task AssertNothingThereAsync()
    {
        Assert.Null(await Open().OpenAsync(Name));
        Assert.False(await Open().ExistsAsync(Name));
        Assert.Empty(await ListAsync("tenant"));
    }
}
