using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace MuseCluster.Cluster.RabbitMq;

/// <summary>
/// The mesh of a cluster of many silos, over RabbitMQ 3.10 or later. Items lie in quorum queues until they are
/// acknowledged; sending waits for the broker's confirmation. Lost connections are opened again, and what was going on
/// goes on; calls wait for that up to <see cref="RabbitMqOptions.Timeout"/>.
/// </summary>
public sealed class RabbitMqMesh : IMesh
{
    private readonly RabbitMqLink _link;
    private readonly Topology _topology;
    private readonly RabbitMqEvents _events;
    private readonly KeptChannel _sending;
    private readonly ConcurrentDictionary<StageAddress, byte> _declared = [];

    /// <summary>A mesh that starts to connect. Calls wait for the connection.</summary>
    /// <param name="options">Where the broker is, and how to use it.</param>
    /// <param name="logger">Hears of lost connections.</param>
    /// <exception cref="ArgumentException">Options are wrong; the message names every one.</exception>
    public RabbitMqMesh(RabbitMqOptions options, ILogger<RabbitMqMesh>? logger = null)
    {
        options.Problems().ThrowIfAny("The options of the RabbitMQ mesh are wrong");
        _topology = new Topology(options);
        _link = new RabbitMqLink(options, logger ?? NullLogger<RabbitMqMesh>.Instance);
        _events = new RabbitMqEvents(_link, _topology);
        var confirmed = new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null);
        _sending = new KeptChannel(_link, "sending", confirmed, (_, _, _) => Task.CompletedTask);
    }

    /// <inheritdoc/>
    public Task DeclareAsync(IReadOnlyList<StageAddress> addresses, CancellationToken cancellation = default) => CallAsync(
        "declare addresses",
        async cancellation =>
        {
            foreach (var address in addresses)
                await DeclareAsync(address, cancellation).ConfigureAwait(false);
            return true;
        },
        cancellation);

    /// <inheritdoc/>
    public Task SendAsync(StageAddress to, StageMessage message, CancellationToken cancellation = default)
    {
        var bytes = StageMessageCodec.Encode(message);
        return CallAsync($"send {message.Item.Id} to {to}", cancellation => SendAsync(to, bytes, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public async Task<IServing> ServeAsync(StageAddress address, int capacity, CancellationToken cancellation = default)
    {
        CheckCapacity(capacity);
        if (!_declared.ContainsKey(address))
            await CallAsync($"serve {address}", cancellation => DepthAsync(address, cancellation), cancellation).ConfigureAwait(false);
        return await ServeAsync(_topology.Queue(address), false, (channel, c) => _topology.DeclareAsync(channel, address, c), capacity, cancellation)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IServing> ServeUndeliverableAsync(int capacity, CancellationToken cancellation = default)
    {
        CheckCapacity(capacity);
        return ServeAsync(_topology.Undeliverable, true, _topology.DeclareUndeliverableAsync, capacity, cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<StageAddress, long>> GetDepthsAsync(CancellationToken cancellation = default) => CallAsync(
        "count what waits",
        async cancellation =>
        {
            var depths = new Dictionary<StageAddress, long>();
            foreach (var address in _declared.Keys)
                depths[address] = await DepthAsync(address, cancellation).ConfigureAwait(false);
            return (IReadOnlyDictionary<StageAddress, long>)depths;
        },
        cancellation);

    /// <inheritdoc/>
    public void Publish(ItemEvent e) => _events.Publish(e);

    /// <inheritdoc/>
    public Task<IAsyncEnumerable<ItemEvent>> ListenAsync(EventFilter filter, CancellationToken cancellation) =>
        CallAsync("listen to events", start => _events.ListenAsync(filter, start, cancellation), cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync().ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
    }

    private static void CheckCapacity(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, ushort.MaxValue);
    }

    private static MeshException NotDeclared(StageAddress address, Exception inner) =>
        new($"The address {address} is not declared: declare it before anything is sent there.", inner);

    private async Task<bool> SendAsync(StageAddress to, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var channel = await _sending.OpenAsync(cancellation).ConfigureAwait(false);
        using var confirmed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        confirmed.CancelAfter(_link.Options.ConfirmTimeout);
        try
        {
            await channel.BasicPublishAsync("", _topology.Queue(to), mandatory: true, new BasicProperties { Persistent = true }, bytes, confirmed.Token)
                .ConfigureAwait(false);
            return true;
        }
        catch (PublishException e) when (e.IsReturn)
        {
            // Declared and not there: the broker has come back empty.
            if (!_declared.ContainsKey(to))
                throw NotDeclared(to, e);
            await DeclareAsync(to, cancellation).ConfigureAwait(false);
            throw;
        }
        catch (Exception e) when (e is PublishException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // A channel that found a queue without leader may look for the lost one for ever; a fresh one finds the new.
            var reason = e is PublishException ? "the broker refused an item" : $"the broker has not confirmed within {_link.Options.ConfirmTimeout.TotalSeconds} s";
            _sending.Reopen(channel, reason);
            throw new IOException(reason, e);
        }
    }

    private async Task DeclareAsync(StageAddress address, CancellationToken cancellation)
    {
        await _link.WithChannelAsync(
            async (channel, cancellation) =>
            {
                await _topology.DeclareAsync(channel, address, cancellation).ConfigureAwait(false);
                return true;
            },
            cancellation).ConfigureAwait(false);
        _declared[address] = 0;
    }

    private async Task<long> DepthAsync(StageAddress address, CancellationToken cancellation)
    {
        try
        {
            return await _link.WithChannelAsync(
                async (channel, cancellation) =>
                    (await channel.QueueDeclarePassiveAsync(_topology.Queue(address), cancellation).ConfigureAwait(false)).MessageCount,
                cancellation).ConfigureAwait(false);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            throw NotDeclared(address, e);
        }
    }

    private Task<IServing> ServeAsync(
        string queue, bool last, Func<IChannel, CancellationToken, Task> declare, int capacity, CancellationToken cancellation) => CallAsync<IServing>(
        $"serve {queue}",
        async cancellation =>
        {
            var serving = new RabbitMqServing(_link, queue, last, declare, (ushort)capacity);
            try
            {
                await serving.StartAsync(cancellation).ConfigureAwait(false);
                return serving;
            }
            catch (OperationCanceledException)
            {
                await serving.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        },
        cancellation);

    /// <summary>Repeats a call until it succeeds, the broker refuses it for good, or the time is over.</summary>
    private async Task<T> CallAsync<T>(string what, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_link.Stopping.IsCancellationRequested, this);
        cancellation.ThrowIfCancellationRequested();
        using var until = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _link.Stopping);
        until.CancelAfter(_link.Options.Timeout);
        var delays = new Delays(_link.Options);
        Exception? last = null;
        while (true)
            try
            {
                if (last is not null)
                    await delays.WaitAsync(until.Token).ConfigureAwait(false);
                return await call(until.Token).ConfigureAwait(false);
            }
            catch (Exception) when (until.IsCancellationRequested)
            {
                cancellation.ThrowIfCancellationRequested();
                ObjectDisposedException.ThrowIf(_link.Stopping.IsCancellationRequested, this);
                last = _link.LastError ?? last;
                throw new MeshException($"Could not {what} within {_link.Options.Timeout.TotalSeconds} s: {last?.Message ?? "the broker did not answer"}", last);
            }
            catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode is Constants.AccessRefused or Constants.PreconditionFailed)
            {
                throw new MeshException($"Could not {what}: {e.Message}", e);
            }
            catch (Exception e) when (e is not MeshException)
            {
                last = e;
            }
    }
}
