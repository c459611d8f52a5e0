namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// One hold on a <see cref="MappedMemory"/>: the memory stays mapped until this is disposed, even when the file it came
/// from is disposed earlier. Disposing twice, or from any thread, is safe.
/// </summary>
public sealed class MemoryLease : IDisposable
{
    private MappedMemory? memory;

    internal MemoryLease(MappedMemory memory) => this.memory = memory;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref memory, null)?.Release();
}
