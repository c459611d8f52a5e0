using MuseCluster.Cluster.Mesh;
using RabbitMQ.Client;

namespace MuseCluster.Cluster.RabbitMq;

/// <summary>
/// The mesh as the broker sees it: a quorum queue for each address, one more for what cannot be delivered, and a topic
/// exchange for events, whose routing keys are tenant.job. Items go through the default exchange to their queues by name.
/// </summary>
/// <param name="options">Names and limits.</param>
internal sealed class Topology(RabbitMqOptions options)
{
    public string Undeliverable { get; } = $"{options.Prefix}.undeliverable";

    public string Events { get; } = $"{options.Prefix}.events";

    public string Queue(StageAddress address) => $"{options.Prefix}.items.{address}";

    public static string EventKey(ItemEvent e) => $"{e.Tenant}.{e.Item.Job:N}";

    public static string EventKey(EventFilter filter) => $"{filter.Tenant ?? "*"}.{(filter.Job is { } job ? job.ToString("N") : "*")}";

    public Task DeclareUndeliverableAsync(IChannel channel, CancellationToken cancellation) =>
        channel.QueueDeclareAsync(Undeliverable, durable: true, exclusive: false, autoDelete: false, Quorum([]), cancellationToken: cancellation);

    /// <summary>The queue of undeliverable items comes first, so that there is never an item without a place to go.</summary>
    public async Task DeclareAsync(IChannel channel, StageAddress address, CancellationToken cancellation)
    {
        await DeclareUndeliverableAsync(channel, cancellation).ConfigureAwait(false);
        var arguments = Quorum(new()
        {
            // Counts returns: the item moves on with the one after the limit.
            ["x-delivery-limit"] = options.MostDeliveries - 1,
            ["x-dead-letter-exchange"] = "",
            ["x-dead-letter-routing-key"] = Undeliverable,
            ["x-dead-letter-strategy"] = "at-least-once",
            // The strategy asks for it; without a length limit, it never takes effect.
            ["x-overflow"] = "reject-publish",
        });
        await channel.QueueDeclareAsync(Queue(address), durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellation)
            .ConfigureAwait(false);
    }

    public Task DeclareEventsAsync(IChannel channel, CancellationToken cancellation) =>
        channel.ExchangeDeclareAsync(Events, ExchangeType.Topic, durable: true, cancellationToken: cancellation);

    /// <summary>A queue for one listener, gone with its connection.</summary>
    public async Task<string> BindListenerAsync(IChannel channel, EventFilter filter, CancellationToken cancellation)
    {
        await DeclareEventsAsync(channel, cancellation).ConfigureAwait(false);
        var arguments = new Dictionary<string, object?> { ["x-max-length"] = options.EventBuffer, ["x-overflow"] = "drop-head" };
        var queue = await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: true, arguments, cancellationToken: cancellation)
            .ConfigureAwait(false);
        await channel.QueueBindAsync(queue.QueueName, Events, EventKey(filter), cancellationToken: cancellation).ConfigureAwait(false);
        return queue.QueueName;
    }

    private Dictionary<string, object?> Quorum(Dictionary<string, object?> arguments)
    {
        arguments["x-queue-type"] = "quorum";
        if (options.QuorumSize is { } size)
            arguments["x-quorum-initial-group-size"] = size;
        return arguments;
    }
}
