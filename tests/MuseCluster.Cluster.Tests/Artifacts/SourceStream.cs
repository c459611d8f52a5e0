namespace MuseCluster.Cluster.Tests.Artifacts;

/// <summary>A stream that cannot seek, gives what it has in odd pieces, then waits, throws, or ends.</summary>
internal sealed class SourceStream(byte[] content, Exception? failure = null, Task? wait = null) : Stream
{
    private int _at;

    /// <summary>The most bytes that were asked for at once.</summary>
    public int LargestRead { get; private set; }

    /// <summary>Completed when everything has been given.</summary>
    public TaskCompletionSource Drained { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        LargestRead = Math.Max(LargestRead, buffer.Length);
        var count = Math.Min(Math.Min(buffer.Length, 65_537), content.Length - _at);
        content.AsMemory(_at, count).CopyTo(buffer);
        _at += count;
        if (count > 0)
            return count;
        Drained.TrySetResult();
        if (failure is not null)
            throw failure;
        if (wait is not null)
            await wait.WaitAsync(cancellationToken);
        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("stores read asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
