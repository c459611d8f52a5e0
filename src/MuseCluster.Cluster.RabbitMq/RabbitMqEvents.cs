using System.Threading.Channels;
using MuseCluster.Cluster.Mesh;
using RabbitMQ.Client;

namespace MuseCluster.Cluster.RabbitMq;

/// <summary>Publishes events without waiting for anybody, and listens to them.</summary>
internal sealed class RabbitMqEvents : IAsyncDisposable
{
    private readonly RabbitMqLink _link;
    private readonly Topology _topology;
    private readonly Channel<ItemEvent> _outgoing;
    private readonly KeptChannel _channel;
    private readonly Task _publishing;

    public RabbitMqEvents(RabbitMqLink link, Topology topology)
    {
        (_link, _topology, _outgoing) = (link, topology, Buffer(link.Options));
        _channel = new KeptChannel(link, "publishing events", null, (channel, _, c) => topology.DeclareEventsAsync(channel, c));
        _publishing = Task.Run(PublishAsync);
    }

    public void Publish(ItemEvent e) => _outgoing.Writer.TryWrite(e);

    public async Task<IAsyncEnumerable<ItemEvent>> ListenAsync(EventFilter filter, CancellationToken start, CancellationToken listening)
    {
        var events = Buffer(_link.Options);
        var channel = new KeptChannel(
            _link,
            "listening to events",
            null,
            async (channel, broken, c) =>
            {
                var queue = await _topology.BindListenerAsync(channel, filter, c).ConfigureAwait(false);
                var consumer = new Consumer(channel, (_, _, body) => TakeAsync(events, body), broken);
                await channel.BasicConsumeAsync(queue, autoAck: true, consumer, c).ConfigureAwait(false);
            },
            ended: () => events.Writer.TryComplete());
        try
        {
            await channel.OpenAsync(start).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await channel.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        listening.Register(channel.Stop);
        return events.Reader.ReadAllAsync(CancellationToken.None);
    }

    /// <summary>To be called once the link stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _outgoing.Writer.TryComplete();
        await _publishing.ConfigureAwait(false);
    }

    private static Channel<ItemEvent> Buffer(RabbitMqOptions options) =>
        Channel.CreateBounded<ItemEvent>(new BoundedChannelOptions(options.EventBuffer) { FullMode = BoundedChannelFullMode.DropOldest });

    private static Task TakeAsync(Channel<ItemEvent> events, ReadOnlyMemory<byte> body)
    {
        try
        {
            events.Writer.TryWrite(ItemEventCodec.Decode(body.Span));
        }
        catch (FormatException)
        {
            // Other software's; an event may be lost.
        }
        return Task.CompletedTask;
    }

    private async Task PublishAsync()
    {
        try
        {
            await foreach (var e in _outgoing.Reader.ReadAllAsync(_link.Stopping).ConfigureAwait(false))
            {
                var channel = await _channel.OpenAsync(_link.Stopping).ConfigureAwait(false);
                try
                {
                    await channel.BasicPublishAsync(
                        _topology.Events, Topology.EventKey(e), mandatory: false, new BasicProperties(), ItemEventCodec.Encode(e), _link.Stopping)
                        .ConfigureAwait(false);
                }
                catch (Exception) when (!_link.Stopping.IsCancellationRequested)
                {
                    // An event may be lost, and with a channel, some are.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The link stops.
        }
    }
}
