namespace MuseCluster.Cluster.Mesh;

/// <summary>A mesh around another: what a deriving class does not change, the other does.</summary>
/// <param name="inner">The other; disposed with this one.</param>
public abstract class DelegatingMesh(IMesh inner) : IMesh
{
    /// <inheritdoc/>
    public virtual Task SendAsync(StageAddress to, StageMessage message, CancellationToken cancellation = default) => inner.SendAsync(to, message, cancellation);

    /// <inheritdoc/>
    public Task DeclareAsync(IReadOnlyList<StageAddress> addresses, CancellationToken cancellation = default) => inner.DeclareAsync(addresses, cancellation);

    /// <inheritdoc/>
    public Task<IServing> ServeAsync(StageAddress address, int capacity, CancellationToken cancellation = default) => inner.ServeAsync(address, capacity, cancellation);

    /// <inheritdoc/>
    public Task<IServing> ServeUndeliverableAsync(int capacity, CancellationToken cancellation = default) => inner.ServeUndeliverableAsync(capacity, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<StageAddress, long>> GetDepthsAsync(CancellationToken cancellation = default) => inner.GetDepthsAsync(cancellation);

    /// <inheritdoc/>
    public void Publish(ItemEvent e) => inner.Publish(e);

    /// <inheritdoc/>
    public Task<IAsyncEnumerable<ItemEvent>> ListenAsync(EventFilter filter, CancellationToken cancellation) => inner.ListenAsync(filter, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }
}
