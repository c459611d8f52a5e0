using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MuseCluster.Cluster.Mesh;
using RabbitMQ.Client;

namespace MuseCluster.Cluster.RabbitMq;

/// <summary>Consumes a queue, on a channel of its own, so that closing the channel returns what it holds.</summary>
internal sealed partial class RabbitMqServing : IServing
{
    private readonly ushort _capacity;
    private readonly string _queue;
    private readonly string _tag = $"muse-{Guid.NewGuid():N}";
    private readonly bool _last;
    private readonly Func<IChannel, CancellationToken, Task> _declare;
    private readonly ILogger _logger;
    private readonly Channel<IDelivery> _deliveries = Channel.CreateUnbounded<IDelivery>();
    private readonly KeptChannel _kept;
    private readonly Lock _lock = new();
    private IChannel? _current;
    private Task? _pausing;

    /// <summary>Starts to consume.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="last">Whether there is no further place for an item that cannot be read.</param>
    /// <param name="declare">Makes sure that the queue is there.</param>
    /// <param name="capacity">Most unsettled deliveries.</param>
    public RabbitMqServing(RabbitMqLink link, string queue, bool last, Func<IChannel, CancellationToken, Task> declare, ushort capacity)
    {
        (_queue, _last, _declare, _capacity, _logger) = (queue, last, declare, capacity, link.Logger);
        _kept = new KeptChannel(link, $"serving {queue}", null, PrepareAsync, Lost, () => _deliveries.Writer.TryComplete());
    }

    public ChannelReader<IDelivery> Deliveries => _deliveries.Reader;

    /// <summary>Waits until the broker may deliver.</summary>
    public Task StartAsync(CancellationToken cancellation) => _kept.OpenAsync(cancellation);

    public Task PauseAsync(CancellationToken cancellation = default)
    {
        lock (_lock)
            _pausing ??= CancelAsync(_current);
        return _pausing.WaitAsync(cancellation);
    }

    public ValueTask DisposeAsync() => _kept.DisposeAsync();

    private async Task PrepareAsync(IChannel channel, Action<string> broken, CancellationToken cancellation)
    {
        await _declare(channel, cancellation).ConfigureAwait(false);
        await channel.BasicQosAsync(0, _capacity, global: false, cancellation).ConfigureAwait(false);
        lock (_lock)
        {
            _current = channel;
            if (_pausing is not null)
                return;
        }

        var consumer = new Consumer(channel, (tag, deliveries, body) => TakeAsync(channel, tag, deliveries, body), broken);
        await channel.BasicConsumeAsync(_queue, autoAck: false, _tag, consumer, cancellation).ConfigureAwait(false);
        bool paused;
        lock (_lock)
            paused = _pausing is not null;
        // Paused in between, perhaps before the broker knew the consumer.
        if (paused)
            await CancelAsync(channel).ConfigureAwait(false);
    }

    private async Task CancelAsync(IChannel? channel)
    {
        try
        {
            if (channel is not null)
                await channel.BasicCancelAsync(_tag).ConfigureAwait(false);
        }
        catch (Exception e) when (RabbitMqDelivery.MeansGone(e))
        {
            // The next channel does not consume.
        }
    }

    private async Task TakeAsync(IChannel channel, ulong tag, int deliveries, ReadOnlyMemory<byte> body)
    {
        try
        {
            var delivery = new RabbitMqDelivery(channel, tag, StageMessageCodec.Decode(body.Span), deliveries);
            lock (_lock)
                if (_current == channel)
                    _deliveries.Writer.TryWrite(delivery);
        }
        catch (FormatException e)
        {
            // Another silo's software may be able to read it; where none is, it becomes undeliverable, and then goes.
            LogUnreadable(_logger, _queue, e.Message, _last ? "dropped" : "returned");
            await channel.BasicNackAsync(tag, multiple: false, requeue: !_last).ConfigureAwait(false);
        }
    }

    /// <summary>What was not read yet will be delivered again, here or elsewhere: nobody should begin with it.</summary>
    private void Lost()
    {
        lock (_lock)
        {
            _current = null;
            while (_deliveries.Reader.TryRead(out _))
            {
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An item of {Queue} is {Fate}: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string queue, string reason, string fate);
}
