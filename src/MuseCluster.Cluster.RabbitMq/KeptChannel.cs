using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace MuseCluster.Cluster.RabbitMq;

/// <summary>A channel that is opened and prepared again whenever it, or its connection, is lost.</summary>
internal sealed partial class KeptChannel : IAsyncDisposable
{
    private readonly RabbitMqLink _link;
    private readonly string _purpose;
    private readonly CreateChannelOptions? _options;
    private readonly Func<IChannel, Action<string>, CancellationToken, Task> _prepare;
    private readonly Action _lost;
    private readonly Action _ended;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private volatile Opened? _current;
    private volatile TaskCompletionSource<IChannel> _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts to open it.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="purpose">What it does, for the log.</param>
    /// <param name="options">How it is opened.</param>
    /// <param name="prepare">Gets each new channel, and what to call with a reason when it is of no more use.</param>
    /// <param name="lost">Called when a channel is of no more use.</param>
    /// <param name="ended">Called when there will be no further one.</param>
    public KeptChannel(
        RabbitMqLink link,
        string purpose,
        CreateChannelOptions? options,
        Func<IChannel, Action<string>, CancellationToken, Task> prepare,
        Action? lost = null,
        Action? ended = null)
    {
        _link = link;
        _purpose = purpose;
        _options = options;
        _prepare = prepare;
        _lost = lost ?? (() => { });
        _ended = ended ?? (() => { });
        link.Add(this);
        _running = Task.Run(RunAsync);
    }

    /// <summary>The open and prepared channel, once there is one.</summary>
    public Task<IChannel> OpenAsync(CancellationToken cancellation) => _open.Task.WaitAsync(cancellation);

    /// <summary>Opens another channel in place of one that is of no more use.</summary>
    public void Reopen(IChannel channel, string reason)
    {
        if (_current is { } current && current.Channel == channel)
            current.Lost.TrySetException(new IOException(reason));
    }

    /// <summary>Begins to close it.</summary>
    public void Stop() => _stopping.Cancel();

    public async ValueTask DisposeAsync()
    {
        Stop();
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        var delays = new Delays(_link.Options);
        var stopping = _stopping.Token;
        while (!stopping.IsCancellationRequested)
            try
            {
                var connection = await _link.ConnectAsync(stopping).ConfigureAwait(false);
                var channel = await connection.CreateChannelAsync(_options, stopping).ConfigureAwait(false);
                try
                {
                    await HoldAsync(channel, delays, stopping).ConfigureAwait(false);
                }
                finally
                {
                    _lost();
                    await RabbitMqLink.CloseAsync(channel).ConfigureAwait(false);
                }
            }
            catch (Exception e)
            {
                if (stopping.IsCancellationRequested)
                    break;
                _link.LastError = e;
                LogLost(_link.Logger, _purpose, e.Message);
                await delays.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

        _open.TrySetCanceled(stopping);
        _ended();
        _link.Remove(this);
    }

    private async Task HoldAsync(IChannel channel, Delays delays, CancellationToken stopping)
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, e) =>
        {
            lost.TrySetException(new IOException($"the channel was closed: {e.ReplyText}"));
            return Task.CompletedTask;
        };
        if (!channel.IsOpen)
            lost.TrySetException(new IOException("the channel was closed at once"));
        await _prepare(channel, reason => lost.TrySetException(new IOException(reason)), stopping).ConfigureAwait(false);
        delays.Reset();
        _link.LastError = null;
        _current = new Opened(channel, lost);
        _open.SetResult(channel);
        try
        {
            await lost.Task.WaitAsync(stopping).ConfigureAwait(false);
        }
        finally
        {
            _open = new TaskCompletionSource<IChannel>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed record Opened(IChannel Channel, TaskCompletionSource Lost);

    [LoggerMessage(Level = LogLevel.Warning, Message = "RabbitMQ: {Purpose} is interrupted, trying again: {Reason}")]
    private static partial void LogLost(ILogger logger, string purpose, string reason);
}
