using System.Net;

namespace MuseCluster.Client.Http;

/// <summary>A body that is read from a stream which stays the caller's.</summary>
/// <param name="stream">The stream, read from where it stands.</param>
internal sealed class BorrowedStreamContent(Stream stream) : HttpContent
{
    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream target, TransportContext? context) => SerializeToStreamAsync(target, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream target, TransportContext? context, CancellationToken cancellationToken) => stream.CopyToAsync(target, cancellationToken);

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = stream.CanSeek ? stream.Length - stream.Position : 0;
        return stream.CanSeek;
    }
}
