using System.Security.Cryptography;

namespace MuseCluster.Cluster.Artifacts;

/// <summary>
/// Hashes what is read through it. Over an artifact it gives the length that was written and no more, and throws before it
/// gives the last byte of what is not what was written; over what is to be written it says afterwards what that was.
/// </summary>
internal sealed class ChecksumStream : Stream
{
    private readonly Stream _inner;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly string? _artifact, _expected;
    private readonly long _length = long.MaxValue;

    /// <summary>Hashes a caller's stream, which stays open. Its exceptions come through.</summary>
    /// <param name="source">What is to be written.</param>
    public ChecksumStream(Stream source) => _inner = source;

    /// <summary>Checks an artifact.</summary>
    /// <param name="stored">Its bytes; disposed with this.</param>
    /// <param name="artifact">Its name, for messages.</param>
    /// <param name="length">How many bytes were written.</param>
    /// <param name="sha256">Of the bytes that were written.</param>
    public ChecksumStream(Stream stored, ArtifactName artifact, long length, string sha256)
    {
        (_inner, _length, _expected) = (stored, length, sha256);
        _artifact = artifact.Path;
    }

    /// <summary>Bytes read so far.</summary>
    public long Count { get; private set; }

    /// <summary>SHA-256 of the bytes read so far, in lower-case hexadecimal digits.</summary>
    public string Sha256 => Convert.ToHexStringLower(_hash.GetCurrentHash());

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
        var part = buffer[..Room(buffer.Length)];
        try
        {
            var read = part.IsEmpty ? 0 : await _inner.ReadAsync(part, cancellationToken).ConfigureAwait(false);
            return Checked(part.Span, read, buffer.IsEmpty);
        }
        catch (Exception e) when (IsStores(e, cancellationToken))
        {
            throw Unread(e);
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var part = buffer[..Room(buffer.Length)];
        try
        {
            return Checked(part, part.IsEmpty ? 0 : _inner.Read(part), buffer.IsEmpty);
        }
        catch (Exception e) when (IsStores(e, CancellationToken.None))
        {
            throw Unread(e);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

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

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_expected is not null)
            await _inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            if (_expected is not null)
                _inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private int Room(int wanted) => (int)Math.Min(wanted, _length - Count);

    private int Checked(ReadOnlySpan<byte> buffer, int read, bool asksNothing)
    {
        _hash.AppendData(buffer[..read]);
        Count += read;
        if (_expected is null || asksNothing)
            return read;
        if (Count < _length && read == 0)
            throw new ArtifactException($"artifact '{_artifact}' is damaged: it ends after {Count} of {_length} bytes");
        if (Count == _length && Sha256 != _expected)
            throw new ArtifactException($"artifact '{_artifact}' is damaged: its SHA-256 is {Sha256}, that of what was written {_expected}");
        return read;
    }

    private bool IsStores(Exception e, CancellationToken cancellation) =>
        _expected is not null && e is not (ArtifactException or ObjectDisposedException) && !(e is OperationCanceledException && cancellation.IsCancellationRequested);

    private ArtifactException Unread(Exception e) => new($"artifact '{_artifact}' could not be read to its end: {e.Message}", e);
}
