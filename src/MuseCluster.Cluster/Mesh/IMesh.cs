using System.Threading.Channels;

namespace MuseCluster.Cluster.Mesh;

/// <summary>
/// Carries items between stages. What was sent is delivered at least once, to one grain at a time, until it is
/// acknowledged; what a grain held when it died is delivered again. An item that was delivered too often without being
/// acknowledged goes to the undeliverable ones. Safe for concurrent use.
/// </summary>
/// <remarks>Methods throw <see cref="MeshException"/> where the mesh cannot be reached or refuses.</remarks>
public interface IMesh : IAsyncDisposable
{
    /// <summary>Makes sure that addresses exist, so that what is sent to them is kept.</summary>
    /// <param name="addresses">The addresses.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task DeclareAsync(IReadOnlyList<StageAddress> addresses, CancellationToken cancellation = default);

    /// <summary>Sends an item. On return it will be delivered, whatever dies.</summary>
    /// <param name="to">Where it goes; declared.</param>
    /// <param name="message">The item.</param>
    /// <param name="cancellation">Gives up waiting; the item may have been sent.</param>
    Task SendAsync(StageAddress to, StageMessage message, CancellationToken cancellation = default);

    /// <summary>Serves an address until the serving is disposed. It survives lost connections.</summary>
    /// <param name="address">The address; declared.</param>
    /// <param name="capacity">Most deliveries that are neither acknowledged nor returned.</param>
    /// <param name="cancellation">Gives up waiting for the start.</param>
    Task<IServing> ServeAsync(StageAddress address, int capacity, CancellationToken cancellation = default);

    /// <summary>Serves the undeliverable items of all addresses; acknowledged, they are gone.</summary>
    /// <param name="capacity">Most deliveries that are neither acknowledged nor returned.</param>
    /// <param name="cancellation">Gives up waiting for the start.</param>
    Task<IServing> ServeUndeliverableAsync(int capacity, CancellationToken cancellation = default);

    /// <summary>How many items wait at each declared address that can be asked now, not counting those that were delivered.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<IReadOnlyDictionary<StageAddress, long>> GetDepthsAsync(CancellationToken cancellation = default);

    /// <summary>Tells whoever listens. Does not wait for them, and loses the event rather than fail.</summary>
    /// <param name="e">The event.</param>
    void Publish(ItemEvent e);

    /// <summary>Listens to events, those from the return of this call on.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancellation">Ends the listening.</param>
    /// <returns>The events; a slow reader loses the oldest.</returns>
    Task<IAsyncEnumerable<ItemEvent>> ListenAsync(EventFilter filter, CancellationToken cancellation);
}

/// <summary>A grain's place at an address.</summary>
public interface IServing : IAsyncDisposable
{
    /// <summary>What comes in; never more than the capacity at once. Completed when the serving is disposed.</summary>
    ChannelReader<IDelivery> Deliveries { get; }

    /// <summary>Takes no more items in; what is in <see cref="Deliveries"/> is still the grain's.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    Task PauseAsync(CancellationToken cancellation = default);
}

/// <summary>An item in a grain's hands.</summary>
public interface IDelivery
{
    /// <summary>The item.</summary>
    StageMessage Message { get; }

    /// <summary>How often the item has been delivered at this address, this time included: at least so often.</summary>
    int Deliveries { get; }

    /// <summary>
    /// Says that the item is taken care of: sent on, ended, or not wanted. Where the connection that brought it is gone,
    /// nothing happens, and it is delivered again.
    /// </summary>
    /// <param name="cancellation">Gives up waiting.</param>
    ValueTask AcknowledgeAsync(CancellationToken cancellation = default);

    /// <summary>Gives the item back, to be delivered again: it counts as a delivery.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    ValueTask ReturnAsync(CancellationToken cancellation = default);
}

/// <summary>The mesh cannot be reached, or refuses. What was sent may have been sent: send it again.</summary>
public sealed class MeshException : Exception
{
    /// <summary>Says what failed.</summary>
    /// <param name="message">What was tried, and what came of it.</param>
    /// <param name="inner">The transport's own exception.</param>
    public MeshException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
