using System.Globalization;
using MuseCluster.Silo.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace MuseCluster.Silo.Api.Files;

/// <summary>
/// A file as it comes in. What is wrong with the request is thrown as the caller's error: a store that reads from here would
/// take it for trouble of its own.
/// </summary>
/// <param name="source">The part of the request that holds it.</param>
/// <param name="most">Most bytes.</param>
internal sealed class UploadStream(Stream source, long most) : Stream
{
    /// <summary>Bytes read so far.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            throw ErrorAnswers.Of(e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw ApiException.Invalid("file", "ends before its boundary does, expected a whole multipart body");
        }
        Count += read;
        return Count <= most ? read : throw new ApiException(
            StatusCodes.Status413PayloadTooLarge, "invalid_request_error", "body_too_large", string.Create(CultureInfo.InvariantCulture, $"file is larger than {most} bytes, expected that at most; split it"), "file");
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
