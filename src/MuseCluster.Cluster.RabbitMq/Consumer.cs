using System.Globalization;
using RabbitMQ.Client;

namespace MuseCluster.Cluster.RabbitMq;

/// <summary>Hands on what the broker pushes.</summary>
/// <param name="channel">Where it comes in.</param>
/// <param name="deliver">Gets the delivery's tag, how often it came, and its bytes, which are only there during the call.</param>
/// <param name="cancelled">Called where the broker ends the consumer: its queue, or the queue's leader, is gone.</param>
internal sealed class Consumer(IChannel channel, Func<ulong, int, ReadOnlyMemory<byte>, Task> deliver, Action<string> cancelled)
    : AsyncDefaultBasicConsumer(channel)
{
    // Quorum queues count how often they delivered a message before.
    private const string Before = "x-delivery-count";

    /// <inheritdoc/>
    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default) => 
        deliver(deliveryTag, 1 + (properties.Headers?.TryGetValue(Before, out var before) == true ? Convert.ToInt32(before, CultureInfo.InvariantCulture) : 0), body);

    /// <inheritdoc/>
    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        cancelled("the broker ended the consumer");
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }
}
