using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Ledger;

/// <content>Files.</content>
public sealed partial class SqlLedger
{
    private const string Files = "SELECT id, tenant, name, purpose, bytes, created, artifact FROM files";

    /// <inheritdoc/>
    public Task AddFileAsync(FileRecord file, CancellationToken cancellation = default) =>
        WriteAsync($"adding file {file.Id:N}", session => InsertAsync(session, file), cancellation);

    /// <inheritdoc/>
    public Task<FileRecord?> GetFileAsync(Guid id, CancellationToken cancellation = default) => ReadAsync(
        $"reading file {id:N}",
        async session => (await session.FirstAsync<FileRow>($"{Files} WHERE id = @id", new { id = Text(id) }).ConfigureAwait(false))?.File,
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<FileRecord>> GetFilesAsync(string tenant, string? purpose, int limit, Guid? after = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var which = $"{(purpose is null ? "" : "AND purpose = @purpose ")}{(after is null ? "" : "AND number < (SELECT number FROM files WHERE id = @after)")}";
        return ReadAsync<IReadOnlyList<FileRecord>>(
            $"reading the files of tenant {tenant}",
            async session => [.. (await session.QueryAsync<FileRow>(
                $"{Files} WHERE tenant = @tenant {which} ORDER BY number DESC LIMIT @limit", new { tenant, purpose, limit, after = after is { } id ? Text(id) : null })
                .ConfigureAwait(false)).Select(row => row.File)],
            cancellation);
    }

    /// <inheritdoc/>
    public Task<FileDeletion> DeleteFileAsync(Guid id, CancellationToken cancellation = default) => WriteAsync(
        $"deleting file {id:N}",
        async session =>
        {
            var which = new { id = Text(id) };
            // The row stays locked, so that no batch of it is added meanwhile.
            if (await session.FirstAsync<string>($"SELECT id FROM files WHERE id = @id {_dialect.Lock("files")}", which).ConfigureAwait(false) is null)
                return FileDeletion.NotThere;
            if (await session.FirstAsync<string>("SELECT id FROM batches WHERE input = @id AND ended IS NULL LIMIT 1", which).ConfigureAwait(false) is not null)
                return FileDeletion.InUse;
            await session.ExecuteAsync("DELETE FROM files WHERE id = @id", which).ConfigureAwait(false);
            return FileDeletion.Deleted;
        },
        cancellation);

    private static async Task InsertAsync(SqlSession session, FileRecord file)
    {
        var row = new { id = Text(file.Id), tenant = file.Tenant, name = file.Name, purpose = file.Purpose, bytes = file.Bytes, created = Micros(file.Created), artifact = file.Artifact };
        await session.ExecuteAsync("INSERT INTO tenants (name, weight) VALUES (@tenant, 1) ON CONFLICT DO NOTHING", row).ConfigureAwait(false);
        await session.ExecuteAsync(
            "INSERT INTO files (id, tenant, name, purpose, bytes, created, artifact) VALUES (@id, @tenant, @name, @purpose, @bytes, @created, @artifact) ON CONFLICT (id) DO NOTHING",
            row).ConfigureAwait(false);
    }

    private sealed record FileRow
    {
        public string Id { get; init; } = "";

        public string Tenant { get; init; } = "";

        public string Name { get; init; } = "";

        public string Purpose { get; init; } = "";

        public long Bytes { get; init; }

        public long Created { get; init; }

        public string Artifact { get; init; } = "";

        public FileRecord File => new(Guid.ParseExact(Id, "N"), Tenant, Name, Purpose, Bytes, Moment(Created), Artifact);
    }
}
