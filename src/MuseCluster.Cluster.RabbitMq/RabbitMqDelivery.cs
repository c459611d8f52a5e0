using System.Threading.Channels;
using MuseCluster.Cluster.Mesh;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace MuseCluster.Cluster.RabbitMq;

/// <summary>An item that a channel brought; only that channel can settle it, once.</summary>
/// <param name="channel">The channel.</param>
/// <param name="tag">The delivery's number in it.</param>
/// <param name="message">The item.</param>
/// <param name="deliveries">How often it was delivered, this time included.</param>
internal sealed class RabbitMqDelivery(IChannel channel, ulong tag, StageMessage message, int deliveries) : IDelivery
{
    private int _settled;

    public StageMessage Message => message;

    public int Deliveries => deliveries;

    public ValueTask AcknowledgeAsync(CancellationToken cancellation = default) =>
        SettleAsync(() => channel.BasicAckAsync(tag, multiple: false, cancellation));

    public ValueTask ReturnAsync(CancellationToken cancellation = default) =>
        SettleAsync(() => channel.BasicNackAsync(tag, multiple: false, requeue: true, cancellation));

    /// <summary>Whether an exception says no more than that the channel or its connection has gone.</summary>
    public static bool MeansGone(Exception e) =>
        e is AlreadyClosedException or OperationInterruptedException or ObjectDisposedException or ChannelClosedException or IOException;

    private async ValueTask SettleAsync(Func<ValueTask> settle)
    {
        // The broker closes a channel that settles twice.
        if (Interlocked.Exchange(ref _settled, 1) != 0)
            return;
        try
        {
            await settle().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _settled = 0;
            throw;
        }
        catch (Exception e) when (MeansGone(e))
        {
            // The broker delivers it again.
        }
    }
}
