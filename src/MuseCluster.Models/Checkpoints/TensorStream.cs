namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// What a tensor's provider writes to: passes bytes on and counts them, so that a tensor that is too long or too short
/// stops the file rather than shifting every tensor after it.
/// </summary>
internal sealed class TensorStream(Stream target, TensorSource tensor, CancellationToken cancellation) : Stream
{
    private long written;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => written;
        set => throw new NotSupportedException();
    }

    /// <exception cref="InvalidOperationException">The provider wrote too little.</exception>
    public void CheckComplete()
    {
        if (written != tensor.ByteLength) throw Refuse($"its provider wrote {written} bytes");
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        if (buffer.Length > tensor.ByteLength - written) throw Refuse($"its provider wrote at least {written + buffer.Length} bytes");
        target.Write(buffer);
        written += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value) => Write([value]);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private InvalidOperationException Refuse(string what) => new(
        $"tensor {CheckpointException.Quote(tensor.Name)}: {what}, but {tensor.DType.HeaderName()} {TensorEntry.Show(tensor.Shape)} takes {tensor.ByteLength}");
}
