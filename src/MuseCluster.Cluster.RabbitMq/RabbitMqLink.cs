using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace MuseCluster.Cluster.RabbitMq;

/// <summary>The connection to the broker, opened again whenever it is lost, until the link is disposed.</summary>
internal sealed partial class RabbitMqLink : IAsyncDisposable
{
    /// <summary>How long closing may take. What does not close by then is left to the broker, which misses its heartbeats.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly RabbitMqOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<KeptChannel, byte> _channels = [];
    private readonly Task _running;
    private volatile TaskCompletionSource<IConnection> _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RabbitMqLink(RabbitMqOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
        Stopping = _stopping.Token;
        _running = Task.Run(RunAsync);
    }

    public RabbitMqOptions Options => _options;

    public ILogger Logger => _logger;

    /// <summary>Cancelled once the link is disposed.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Why there is no connection or no channel; null where one has been opened since.</summary>
    public Exception? LastError { get; set; }

    /// <summary>The open connection, once there is one.</summary>
    public Task<IConnection> ConnectAsync(CancellationToken cancellation) => _open.Task.WaitAsync(cancellation);

    /// <summary>Channels that are still kept when the link is disposed are disposed before the connection.</summary>
    public void Add(KeptChannel channel)
    {
        _channels[channel] = 0;
        if (Stopping.IsCancellationRequested)
            channel.Stop();
    }

    public void Remove(KeptChannel channel) => _channels.TryRemove(channel, out _);

    /// <summary>Uses a channel of its own, since an error of the broker's closes the channel.</summary>
    public async Task<T> WithChannelAsync<T>(Func<IChannel, CancellationToken, Task<T>> use, CancellationToken cancellation)
    {
        var connection = await ConnectAsync(cancellation).ConfigureAwait(false);
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellation).ConfigureAwait(false);
        try
        {
            return await use(channel, cancellation).ConfigureAwait(false);
        }
        finally
        {
            await CloseAsync(channel).ConfigureAwait(false);
        }
    }

    /// <summary>Closes a channel where that can be done. A dead one is left to the collector: its disposal may wait for the broker.</summary>
    public static async Task CloseAsync(IChannel channel)
    {
        if (channel.IsOpen)
            await BoundedAsync(async () =>
            {
                await channel.CloseAsync().ConfigureAwait(false);
                await channel.DisposeAsync().ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_channels.Keys.Select(channel => channel.DisposeAsync().AsTask())).ConfigureAwait(false);
        await _closing.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    private static async Task CloseAsync(IConnection connection)
    {
        if (connection.IsOpen)
            await BoundedAsync(async () =>
            {
                await connection.CloseAsync(Patience).ConfigureAwait(false);
                await connection.DisposeAsync().ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    private static async Task BoundedAsync(Func<Task> close)
    {
        try
        {
            await Task.Run(close).WaitAsync(Patience).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Closed by whom or what does not matter: it is gone.
        }
    }

    private async Task RunAsync()
    {
        var factory = RabbitMqEndpoints.Factory(_options);
        var delays = new Delays(_options);
        while (!_closing.IsCancellationRequested)
            try
            {
                var connection = await factory.CreateConnectionAsync(RabbitMqEndpoints.All(_options), _closing.Token).ConfigureAwait(false);
                try
                {
                    LastError = null;
                    delays.Reset();
                    await HoldAsync(connection).ConfigureAwait(false);
                }
                finally
                {
                    await CloseAsync(connection).ConfigureAwait(false);
                }
            }
            catch (Exception e)
            {
                if (_closing.IsCancellationRequested)
                    break;
                LastError = e;
                LogLost(_logger, e.Message);
                await delays.WaitAsync(_closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

        _open.TrySetCanceled(_closing.Token);
    }

    private async Task HoldAsync(IConnection connection)
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, e) =>
        {
            lost.TrySetException(new IOException($"the connection was closed: {e.ReplyText}"));
            return Task.CompletedTask;
        };
        if (!connection.IsOpen)
            lost.TrySetException(new IOException("the connection was closed at once"));
        LogOpen(_logger, connection.Endpoint.ToString());
        _open.SetResult(connection);
        try
        {
            await lost.Task.WaitAsync(_closing.Token).ConfigureAwait(false);
        }
        finally
        {
            _open = new TaskCompletionSource<IConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to RabbitMQ at {Endpoint}.")]
    private static partial void LogOpen(ILogger logger, string endpoint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No connection to RabbitMQ, trying again: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);
}
