using System.Runtime.CompilerServices;
using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace MuseCluster.Cluster.Artifacts;

/// <summary>
/// Artifacts as block blobs of an Azure container, with their SHA-256 as metadata that is committed with the content. The
/// condition that nothing is there makes them write-once. Safe for any number of processes.
/// </summary>
public sealed class BlobArtifacts : IArtifactStore
{
    /// <summary>The largest content that is sent at once, and how much of larger ones is held in memory.</summary>
    internal const int BlockBytes = 4 << 20;

    private const string Sha256Key = "sha256", WriterKey = "writer";

    private readonly BlobContainerClient _container;
    private readonly string _where;

    /// <summary>A store in a container, which <see cref="PrepareAsync"/> makes where it is missing and that is allowed.</summary>
    /// <param name="connection">An Azure Storage connection string.</param>
    /// <param name="container">The container's name.</param>
    /// <exception cref="FormatException">It is no connection string.</exception>
    public BlobArtifacts(string connection, string container)
        : this(new BlobContainerClient(connection, container, Patient()))
    {
    }

    /// <summary>A store in a container.</summary>
    /// <param name="container">The container's URL with a shared access signature that allows to read, create, write, list and delete.</param>
    public BlobArtifacts(Uri container)
        : this(new BlobContainerClient(container, Patient()))
    {
    }

    /// <summary>A store in a container.</summary>
    /// <param name="container">The container's client, with the credentials and retries that it shall have.</param>
    public BlobArtifacts(BlobContainerClient container)
    {
        _container = container;
        // The query may have a signature, which is a secret.
        _where = container.Uri.GetLeftPart(UriPartial.Path);
    }

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellation = default)
    {
        try
        {
            // A block that is never committed shows that writing is allowed; the service forgets it.
            var probe = _container.GetBlockBlobClient("probe");
            Task Probe() => probe.StageBlockAsync(Convert.ToBase64String(new byte[16]), new MemoryStream([0]), cancellationToken: cancellation);
            try
            {
                await Probe().ConfigureAwait(false);
            }
            catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                await _container.CreateIfNotExistsAsync(cancellationToken: cancellation).ConfigureAwait(false);
                await Probe().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsStores(e, cancellation))
        {
            throw new ArtifactException($"the container {_where} cannot be used: {Said(e)}", e);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> WriteAsync(ArtifactName name, Stream content, string contentType, CancellationToken cancellation = default)
    {
        MediaType.Check(contentType);
        using var source = new ChecksumStream(content);
        var (blob, writer) = (_container.GetBlockBlobClient(name.Path), Guid.NewGuid().ToString("N"));
        try
        {
            // One byte more than there should be shows the end without another read.
            var buffer = new byte[content.CanSeek ? Math.Clamp(content.Length - content.Position + 1, 1, BlockBytes) : BlockBytes];
            var read = await source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            // Azurite takes a name for taken where a writer that failed left uncommitted blocks. They hinder no block list.
            var wrote = read < buffer.Length
                ? await TryAsync(blob, writer, () => SendWholeAsync(blob, new MemoryStream(buffer, 0, read), source, contentType, writer, cancellation), cancellation).ConfigureAwait(false)
                : null;
            wrote ??= await TryAsync(blob, writer, () => SendBlocksAsync(blob, buffer, read, source, contentType, writer, cancellation), cancellation).ConfigureAwait(false);
            return wrote ?? throw new ArtifactException($"artifact '{name}' could not be written to {_where}: another writer's came and went meanwhile; try again");
        }
        catch (Exception e) when (IsStores(e, cancellation))
        {
            throw new ArtifactException($"artifact '{name}' could not be written to {_where}: {Said(e)}", e);
        }
    }

    /// <inheritdoc/>
    public async Task<Artifact?> OpenAsync(ArtifactName name, CancellationToken cancellation = default)
    {
        try
        {
            BlobDownloadStreamingResult blob = await _container.GetBlobClient(name.Path).DownloadStreamingAsync(cancellationToken: cancellation).ConfigureAwait(false);
            if (blob.Details.Metadata.TryGetValue(Sha256Key, out var sha256))
                return new Artifact(
                    new ChecksumStream(blob.Content, name, blob.Details.ContentLength, sha256), blob.Details.ContentLength, blob.Details.ContentType, sha256);
            blob.Dispose();
            throw new ArtifactException($"artifact '{name}' in {_where} has no metadata '{Sha256Key}', so nobody can tell whether it is whole; it was not written by this store");
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
        catch (Exception e) when (IsStores(e, cancellation))
        {
            throw new ArtifactException($"artifact '{name}' could not be opened in {_where}: {Said(e)}", e);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(ArtifactName name, CancellationToken cancellation = default)
    {
        try
        {
            return await FindAsync(_container.GetBlockBlobClient(name.Path), cancellation).ConfigureAwait(false) is not null;
        }
        catch (Exception e) when (IsStores(e, cancellation))
        {
            throw new ArtifactException($"artifact '{name}' could not be looked for in {_where}: {Said(e)}", e);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ArtifactName> ListAsync(string tenant, string prefix = "", CancellationToken cancellation = default) =>
        ListPathsAsync(ArtifactName.PrefixOf(tenant) + prefix, cancellation);

    /// <inheritdoc/>
    public async Task DeleteAsync(ArtifactName name, CancellationToken cancellation = default)
    {
        try
        {
            await _container.GetBlobClient(name.Path).DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellation).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
        }
        catch (Exception e) when (IsStores(e, cancellation))
        {
            throw new ArtifactException($"artifact '{name}' could not be taken away from {_where}: {Said(e)}", e);
        }
    }

    /// <returns>True where the content was written, false where another's is there, null where neither is so.</returns>
    private static async Task<bool?> TryAsync(BlockBlobClient blob, string writer, Func<Task> send, CancellationToken cancellation)
    {
        try
        {
            await send().ConfigureAwait(false);
            return true;
        }
        // Any commit drops the blocks that are not in its list.
        catch (RequestFailedException e) when (
            e.ErrorCode == BlobErrorCode.BlobAlreadyExists || e.ErrorCode == BlobErrorCode.ConditionNotMet || e.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            // It may be our own: the answer was lost, and the client asked again.
            var there = await FindAsync(blob, cancellation).ConfigureAwait(false);
            return there is null ? null : there.Metadata.TryGetValue(WriterKey, out var first) && first == writer;
        }
    }

    private static async Task SendWholeAsync(
        BlockBlobClient blob, MemoryStream content, ChecksumStream source, string contentType, string writer, CancellationToken cancellation) =>
        await blob.UploadAsync(
            content,
            new BlobUploadOptions
            {
                HttpHeaders = new BlobHttpHeaders { ContentType = contentType },
                Metadata = Metadata(source, writer),
                Conditions = Nothing(),
                TransferOptions = new() { InitialTransferSize = BlockBytes },
            },
            cancellation).ConfigureAwait(false);

    private static async Task SendBlocksAsync(
        BlockBlobClient blob, byte[] buffer, int read, ChecksumStream source, string contentType, string writer, CancellationToken cancellation)
    {
        var blocks = new List<string>();
        while (read > 0)
        {
            // Writers of one name share a space of uncommitted blocks.
            blocks.Add(Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{writer}{blocks.Count:D6}")));
            await blob.StageBlockAsync(blocks[^1], new MemoryStream(buffer, 0, read), cancellationToken: cancellation).ConfigureAwait(false);
            read = await source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        }
        await blob.CommitBlockListAsync(
            blocks,
            new CommitBlockListOptions
            {
                HttpHeaders = new BlobHttpHeaders { ContentType = contentType },
                Metadata = Metadata(source, writer),
                Conditions = Nothing(),
            },
            cancellation).ConfigureAwait(false);
    }

    private static async Task<BlobProperties?> FindAsync(BlockBlobClient blob, CancellationToken cancellation)
    {
        try
        {
            return await blob.GetPropertiesAsync(cancellationToken: cancellation).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Metadata(ChecksumStream source, string writer) => new() { [Sha256Key] = source.Sha256, [WriterKey] = writer };

    private static BlobRequestConditions Nothing() => new() { IfNoneMatch = ETag.All };

    // Five attempts within about eight seconds where the service refuses connections; each may take half a minute.
    private static BlobClientOptions Patient() => new()
    {
        Retry =
        {
            Mode = RetryMode.Exponential,
            MaxRetries = 4,
            Delay = TimeSpan.FromSeconds(0.5),
            MaxDelay = TimeSpan.FromSeconds(8),
            NetworkTimeout = TimeSpan.FromSeconds(30),
        },
    };

    // A cancellation that nobody asked for is the client's time limit.
    private static bool IsStores(Exception e, CancellationToken cancellation) =>
        e is RequestFailedException or AuthenticationFailedException or IOException or HttpRequestException || (e is AggregateException or OperationCanceledException && !cancellation.IsCancellationRequested);

    private static string Said(Exception e) => e switch
    {
        AggregateException all => $"{Said(all.InnerExceptions[^1])}, after {all.InnerExceptions.Count} attempts",
        RequestFailedException { Status: > 0 } refused => $"{FirstLine(refused)} ({refused.Status} {refused.ErrorCode})",
        _ => FirstLine(e),
    };

    private static string FirstLine(Exception e) => e.Message.Split('\n')[0].TrimEnd('\r', '.');

    private async IAsyncEnumerable<ArtifactName> ListPathsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var pages = _container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellation).AsPages().GetAsyncEnumerator(cancellation);
        await using (pages.ConfigureAwait(false))
            while (await NextAsync(pages, prefix, cancellation).ConfigureAwait(false))
                foreach (var blob in pages.Current.Values)
                    if (ArtifactName.TryParse(blob.Name, out var name))
                        yield return name;
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<Page<BlobItem>> pages, string prefix, CancellationToken cancellation)
    {
        try
        {
            return await pages.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsStores(e, cancellation))
        {
            throw new ArtifactException($"the artifacts of '{prefix}' in {_where} cannot be listed: {Said(e)}", e);
        }
    }
}
