using System.IO.Pipelines;
using System.Text.Json;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Files;

namespace MuseCluster.Silo.Api.Batches;

/// <summary>
/// A file of lines on its way to the artifact store, which takes it while it is made. It is written where it has lines. One
/// that is there from an earlier try stays.
/// </summary>
/// <param name="artifacts">The store.</param>
/// <param name="tenant">Whose it is.</param>
/// <param name="id">The file's id.</param>
/// <param name="name">What it is called.</param>
internal sealed class LinesFile(IArtifactStore artifacts, string tenant, Guid id, string name) : IAsyncDisposable
{
    private readonly ArtifactName _artifact = FileUpload.Artifact(tenant, id);
    private readonly Pipe _pipe = new();
    private readonly CancellationTokenSource _ending = new();
    private Task? _storing;

    /// <summary>Lines so far.</summary>
    public int Lines { get; private set; }

    /// <summary>Adds a line.</summary>
    /// <param name="line">What becomes its JSON.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task AddAsync(OutputLine line, CancellationToken cancellation)
    {
        _storing ??= StoreAsync();
        Lines++;
        await _pipe.Writer.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(line, ApiJson.Options), (byte)'\n'], cancellation).ConfigureAwait(false);
    }

    /// <summary>Ends the file.</summary>
    /// <param name="now">When.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The file, for the ledger; null where it has no lines.</returns>
    /// <exception cref="ArtifactException">It could not be written.</exception>
    public async Task<FileRecord?> EndAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        if (_storing is null)
            return null;
        await _pipe.Writer.CompleteAsync().ConfigureAwait(false);
        await _storing.WaitAsync(cancellation).ConfigureAwait(false);
        await using var artifact = await artifacts.OpenAsync(_artifact, cancellation).ConfigureAwait(false)
            ?? throw new ArtifactException($"artifact '{_artifact}' was written and is not there");
        return new FileRecord(id, tenant, name, FileEndpoints.Output, artifact.Length, now, _artifact.Path);
    }

    /// <summary>Gives up what has not ended: nothing is written then.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        if (_storing is not null)
            await _storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task StoreAsync()
    {
        try
        {
            await artifacts.WriteAsync(_artifact, _pipe.Reader.AsStream(leaveOpen: true), FileUpload.ContentType, _ending.Token).ConfigureAwait(false);
        }
        finally
        {
            // Nobody reads on: what is added goes nowhere, and the end says why.
            await _pipe.Reader.CompleteAsync().ConfigureAwait(false);
        }
    }
}

/// <summary>A line of a batch's output.</summary>
/// <param name="Id">What it is called here.</param>
/// <param name="CustomId">What its tenant calls it.</param>
/// <param name="Response">The answer; null where the request was never made.</param>
/// <param name="Error">Why it was never made.</param>
public sealed record OutputLine(string Id, string CustomId, OutputResponse? Response, OutputError? Error);

/// <summary>The answer to a line.</summary>
/// <param name="StatusCode">Its HTTP status.</param>
/// <param name="RequestId">What the request is called here.</param>
/// <param name="Body">Its body: pictures, or an error.</param>
public sealed record OutputResponse(int StatusCode, string RequestId, object Body);

/// <summary>Why a line has no answer.</summary>
/// <param name="Code">What programs tell errors apart by.</param>
/// <param name="Message">What happened.</param>
public sealed record OutputError(string Code, string Message);
