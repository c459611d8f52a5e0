namespace MuseCluster.Cluster.Artifacts;

/// <summary>
/// Write-once blobs: pictures, manifests, embeddings. What is there is whole, and never changes: the first write of a name
/// counts. Every read is checked against the SHA-256 that was kept with the bytes. Safe for concurrent use, by any number
/// of processes.
/// </summary>
/// <remarks>Every method throws <see cref="ArtifactException"/> where the store cannot be reached or refuses.</remarks>
public interface IArtifactStore
{
    /// <summary>Makes sure that the store is there and may be written.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    Task PrepareAsync(CancellationToken cancellation = default);

    /// <summary>Writes an artifact unless it is there.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">Its bytes, from where the stream stands to its end. Read once.</param>
    /// <param name="contentType">Its media type, such as image/png.</param>
    /// <param name="cancellation">Gives up; nothing half-written can be read then.</param>
    /// <returns>True where this call wrote it; false where it was there, whatever its bytes.</returns>
    Task<bool> WriteAsync(ArtifactName name, Stream content, string contentType, CancellationToken cancellation = default);

    /// <summary>Opens an artifact.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Its bytes and what is known of them, or null where there is none. The caller disposes it. Reading its end throws <see cref="ArtifactException"/> where the bytes are not those that were written.</returns>
    Task<Artifact?> OpenAsync(ArtifactName name, CancellationToken cancellation = default);

    /// <summary>Whether an artifact is there.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<bool> ExistsAsync(ArtifactName name, CancellationToken cancellation = default);

    /// <summary>A tenant's artifacts, by path.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="prefix">What their paths start with after the tenant and '/'; empty for all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    IAsyncEnumerable<ArtifactName> ListAsync(string tenant, string prefix = "", CancellationToken cancellation = default);

    /// <summary>Takes an artifact away. Nothing happens where there is none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task DeleteAsync(ArtifactName name, CancellationToken cancellation = default);
}

/// <summary>An artifact that is open for reading.</summary>
/// <param name="Content">Its bytes, in order, once.</param>
/// <param name="Length">How many.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Sha256">Of its bytes, in lower-case hexadecimal digits.</param>
public sealed record Artifact(Stream Content, long Length, string ContentType, string Sha256) : IAsyncDisposable
{
    /// <summary>Reads all of it.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Its bytes.</returns>
    /// <exception cref="ArtifactException">They are not those that were written.</exception>
    public async Task<byte[]> ReadAllAsync(CancellationToken cancellation = default)
    {
        using var memory = new MemoryStream((int)Math.Min(Length, 1 << 20));
        await Content.CopyToAsync(memory, cancellation).ConfigureAwait(false);
        return memory.ToArray();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>The store cannot be reached, refuses, or holds other bytes than were written.</summary>
public sealed class ArtifactException : Exception
{
    /// <summary>Says what failed.</summary>
    /// <param name="message">What was tried, and what came of it.</param>
    /// <param name="inner">The store's own exception.</param>
    public ArtifactException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
