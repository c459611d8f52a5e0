using MuseCluster.Client.Http;

namespace MuseCluster.Client;

/// <summary>Keeps input and output of batches.</summary>
public sealed class FilesClient
{
    private const string Path = "v1/files";
    private readonly MuseHttp _http;

    internal FilesClient(MuseHttp http) => _http = http;

    /// <summary>Uploads a file. It is sent as it is read, and not repeated.</summary>
    /// <param name="content">The file, read from where it stands; it stays open.</param>
    /// <param name="filename">The name it is given.</param>
    /// <param name="purpose">What it is for.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<MuseFile> UploadAsync(Stream content, string filename, string purpose = "batch", CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentException.ThrowIfNullOrEmpty(filename);
        using var form = new MultipartFormDataContent
        {
            { new StringContent(purpose), "\"purpose\"" },
            { new BorrowedStreamContent(content), "\"file\"", filename },
        };
        return await _http.ReadAsync(new MuseCall(HttpMethod.Post, Path) { Content = () => form }, MuseJson.Default.MuseFile, cancellation).ConfigureAwait(false);
    }

    /// <summary>All files.</summary>
    /// <param name="cancellation">Gives up.</param>
    public IAsyncEnumerable<MuseFile> ListAsync(CancellationToken cancellation = default) =>
        Page<MuseFile>.ListAsync(_http, Path, null, null, f => f.Id, MuseJson.Default.PageMuseFile, cancellation);

    /// <summary>A file, without its content.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<MuseFile> GetAsync(string id, CancellationToken cancellation = default) => _http.GetAsync(Of(id), MuseJson.Default.MuseFile, cancellation);

    /// <summary>A file's content.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Gives up before the content begins.</param>
    /// <returns>The content; the caller disposes it.</returns>
    public Task<Stream> OpenAsync(string id, CancellationToken cancellation = default) => _http.OpenAsync(new MuseCall(HttpMethod.Get, $"{Of(id)}/content"), cancellation);

    /// <summary>Deletes a file.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task DeleteAsync(string id, CancellationToken cancellation = default) => _http.SendAsync(new MuseCall(HttpMethod.Delete, Of(id)), static (response, _) =>
    {
        response.Dispose();
        return Task.FromResult(true);
    }, cancellation);

    private static string Of(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return $"{Path}/{Uri.EscapeDataString(id)}";
    }
}
