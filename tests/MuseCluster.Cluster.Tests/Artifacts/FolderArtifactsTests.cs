using System.Text;
using Microsoft.Extensions.Time.Testing;
using MuseCluster.Cluster.Artifacts;

namespace MuseCluster.Cluster.Tests.Artifacts;

public sealed class FolderArtifactsTests : ArtifactStoreConformance
{
    private static readonly ArtifactName Name = ArtifactName.Parse("tenant/job/000001.png");

    private readonly string _folder = Directory.CreateTempSubdirectory("muse-artifacts-").FullName;

    private string Root => Path.Combine(_folder, "store");

    private string Incoming => Path.Combine(Root, ".incoming");

    public override Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_file_starts_with_its_content_at_the_path_of_its_name()
    {
        await WriteAsync(Open(), Name, "{}"u8.ToArray());
        var file = await File.ReadAllTextAsync(Path.Combine(Root, "tenant", "job", "000001.png"));
        Assert.StartsWith(
            """
            {}
            {"museArtifact":1,"length":2,"sha256":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","contentType":"application/octet-stream"}
            """,
            file,
            StringComparison.Ordinal);
        Assert.Equal(2 + 512, file.Length);
    }

    [Fact]
    public async Task Writers_leave_nothing_but_artifacts()
    {
        await WriteAsync(Open(), Name, [1]);
        await WriteAsync(Open(), Name, [2]);
        var failing = new SourceStream([1], new InvalidOperationException());
        await Assert.ThrowsAsync<InvalidOperationException>(() => Open().WriteAsync(ArtifactName.Parse("tenant/failing"), failing, "image/png"));
        Assert.Empty(Directory.GetFiles(Incoming));
        Assert.Single(Directory.GetFiles(Root, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_crashed_writers_left_is_not_listed_and_goes_when_it_is_old()
    {
        var (old, fresh) = (Path.Combine(Incoming, "old"), Path.Combine(Incoming, "fresh"));
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 2, 0, 0, 1, TimeSpan.Zero));
        foreach (var (file, written) in new[] { (old, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc)), (fresh, new DateTime(2030, 1, 1, 0, 0, 2, DateTimeKind.Utc)) })
        {
            await File.WriteAllBytesAsync(file, [1, 2, 3]);
            File.SetLastWriteTimeUtc(file, written);
        }
        await WriteAsync(Open(), Name, [1]);
        await new FolderArtifacts(Root, time).PrepareAsync();
        Assert.Equal([fresh], Directory.GetFiles(Incoming));
        Assert.Equal([Name], await Open().ListAsync("tenant").ToListAsync());
        Assert.Equal([1], await ReadAsync(Name));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(1000)]
    public async Task A_file_cut_short_is_damaged(int left)
    {
        await WriteAsync(Open(), Name, Bytes(600, 1));
        await using (var file = File.Open(Path.Combine(Root, Name.Path), FileMode.Open))
            file.SetLength(left);
        var thrown = await Assert.ThrowsAsync<ArtifactException>(() => Open().OpenAsync(Name));
        Assert.Contains($"artifact '{Name}' is damaged", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"length\":600", "\"length\":599")]
    [InlineData("\"museArtifact\":1", "\"museArtifact\":2")]
    [InlineData("\"sha256\":", "\"sha255\":")]
    [InlineData("{\"muse", "[\"muse")]
    public async Task A_wrong_trailer_is_damage(string right, string wrong)
    {
        await WriteAsync(Open(), Name, Bytes(600, 1));
        var path = Path.Combine(Root, Name.Path);
        var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path));
        Assert.Contains(right, text, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(path, Encoding.Latin1.GetBytes(text.Replace(right, wrong, StringComparison.Ordinal)));
        await Assert.ThrowsAsync<ArtifactException>(() => Open().OpenAsync(Name));
    }

    [Fact]
    public async Task A_name_below_another_is_refused_with_both_kept_apart()
    {
        await WriteAsync(Open(), Name, [1]);
        var below = ArtifactName.Parse($"{Name}/more");
        var thrown = await Assert.ThrowsAsync<ArtifactException>(() => WriteAsync(Open(), below, [2]));
        Assert.Contains($"artifact '{below}' could not be written in '{Root}'", thrown.Message, StringComparison.Ordinal);
        Assert.Null(await Open().OpenAsync(below));
        Assert.Equal([1], await ReadAsync(Name));
        Assert.Empty(Directory.GetFiles(Incoming));
    }

    [Fact]
    public async Task Foreign_files_are_not_artifacts()
    {
        await WriteAsync(Open(), Name, [1]);
        await File.WriteAllTextAsync(Path.Combine(Root, "tenant", ".hidden"), "");
        await File.WriteAllTextAsync(Path.Combine(Root, "tenant", "job", "a b"), "");
        await File.WriteAllTextAsync(Path.Combine(Root, "readme"), "");
        Assert.Equal([Name], await Open().ListAsync("tenant").ToListAsync());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "file"), "");
        var thrown = await Assert.ThrowsAsync<ArtifactException>(() => new FolderArtifacts(Path.Combine(_folder, "file", "store")).PrepareAsync());
        Assert.Contains(Path.Combine(_folder, "file", "store"), thrown.Message, StringComparison.Ordinal);
    }

    protected override IArtifactStore Open() => new FolderArtifacts(Root);

    protected override async Task TamperAsync(ArtifactName name, Func<byte[], byte[]> change)
    {
        var path = Path.Combine(Root, name.Path);
        var bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, [.. change(bytes[..^512]), .. bytes[^512..]]);
    }

    // Nothing serves a folder; another opening is all that a restart can be.
    protected override Task RestartAsync() => Open().PrepareAsync();

    protected override Task RemoveAsync()
    {
        Directory.Move(Root, Path.Combine(_folder, "moved"));
        return Task.CompletedTask;
    }
}
