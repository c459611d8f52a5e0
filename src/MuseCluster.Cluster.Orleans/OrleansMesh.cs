using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Orleans.Grains;
using MuseCluster.Cluster.Orleans.Messages;
using MuseCluster.Cluster.Orleans.Placement;
using MuseCluster.Cluster.Work;
using Orleans;
using Orleans.Runtime;

namespace MuseCluster.Cluster.Orleans;

/// <summary>
/// The mesh of a cluster of many silos without a broker: the silos are one Orleans cluster, and items lie in its grains. An
/// item on its way is in two places, its stage's queue and its job's grain, so that one silo's death loses nothing; what both
/// lose is dispatched again when its lease in the ledger ends. Calls wait for silos that are not there up to
/// <see cref="OrleansOptions.Timeout"/>.
/// </summary>
public sealed partial class OrleansMesh : IMesh
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RejoinPause = TimeSpan.FromSeconds(1);
    private readonly OrleansOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task<IHost> _silo;
    private readonly OrleansEvents _events;
    private readonly ConcurrentDictionary<StageAddress, byte> _declared = [];
    private readonly ConcurrentDictionary<QueueServing, byte> _servings = [];
    private volatile Exception? _notJoined;

    /// <summary>A mesh that starts to join the cluster. Calls wait until it has.</summary>
    /// <param name="options">What the silo is, and where the cluster.</param>
    /// <param name="time">Time.</param>
    /// <param name="loggers">Hear what goes wrong.</param>
    /// <exception cref="ArgumentException">Options are wrong; the message names every one.</exception>
    public OrleansMesh(OrleansOptions options, TimeProvider? time = null, ILoggerFactory? loggers = null)
    {
        options.Problems().ThrowIfAny("The options of the Orleans mesh are wrong");
        (_options, _time) = (options, time ?? TimeProvider.System);
        _silo = Task.Run(() => JoinAsync(loggers ?? NullLoggerFactory.Instance));
        _events = new OrleansEvents(GrainsAsync, options, _stopping.Token);
    }

    /// <inheritdoc/>
    public async Task DeclareAsync(IReadOnlyList<StageAddress> addresses, CancellationToken cancellation = default)
    {
        await CallAsync("join the cluster", (_, _) => Task.FromResult(true), cancellation).ConfigureAwait(false);
        foreach (var address in addresses)
            _declared[address] = 0;
    }

    /// <inheritdoc/>
    public Task SendAsync(StageAddress to, StageMessage message, CancellationToken cancellation = default)
    {
        var parcel = Parcel.Of(message);
        return CallAsync($"send {message.Item.Id} to {to}", async (grains, cancellation) =>
        {
            await CheckDeclaredAsync(to, cancellation).ConfigureAwait(false);
            try
            {
                await grains.Job(parcel.Job).SendAsync(to.Key(), parcel, cancellation).ConfigureAwait(false);
                return true;
            }
            catch (OrleansException e) when (!_silo.Result.Services.GetRequiredService<SiloRoles>().Serve(to))
            {
                throw new SiloUnavailableException("no silo that is there serves it", e);
            }
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task<IServing> ServeAsync(StageAddress address, int capacity, CancellationToken cancellation = default) =>
        ServeAsync(address.Key(), capacity, cancellation => CheckDeclaredAsync(address, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<IServing> ServeUndeliverableAsync(int capacity, CancellationToken cancellation = default) =>
        ServeAsync(IUndeliverableQueueGrain.Key, capacity, _ => Task.CompletedTask, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<StageAddress, long>> GetDepthsAsync(CancellationToken cancellation = default) => CallAsync(
        "count what waits",
        async (grains, cancellation) =>
        {
            var roles = await ServiceAsync<SiloRoles>(cancellation).ConfigureAwait(false);
            var depths = await Task.WhenAll(_declared.Keys.Select(async address => (Address: address, Depth: await DepthAsync(address).ConfigureAwait(false)))).ConfigureAwait(false);
            return (IReadOnlyDictionary<StageAddress, long>)depths.Where(d => d.Depth is not null).ToDictionary(d => d.Address, d => d.Depth!.Value);

            async Task<long?> DepthAsync(StageAddress address)
            {
                try
                {
                    // Where no silo serves it, nothing was accepted for it.
                    return roles.Serve(address) ? await grains.Queue(address.Key()).GetDepthAsync().WaitAsync(_options.CheckEvery, _time, cancellation).ConfigureAwait(false) : 0;
                }
                catch (Exception e) when (e is OrleansException or TimeoutException)
                {
                    return null;
                }
            }
        },
        cancellation);

    /// <inheritdoc/>
    public void Publish(ItemEvent e) => _events.Publish(e);

    /// <inheritdoc/>
    public Task<IAsyncEnumerable<ItemEvent>> ListenAsync(EventFilter filter, CancellationToken cancellation) =>
        CallAsync("listen to events", (_, start) => _events.ListenAsync(filter, start, cancellation), cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await Task.WhenAll(_servings.Keys.Select(s => s.DisposeAsync().AsTask())).ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
        await ((Task)_silo).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_silo.IsCompletedSuccessfully)
            return;
        await _silo.Result.StopAsync(CancellationToken.None).ConfigureAwait(false);
        _silo.Result.Dispose();
    }

    // The membership's database may come later than this silo.
    private async Task<IHost> JoinAsync(ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<OrleansMesh>();
        while (true)
            try
            {
                var silo = await OrleansSilo.JoinAsync(_options, _time, loggers, _stopping.Token).ConfigureAwait(false);
                Joined(logger, _options.Cluster, silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress);
                return silo;
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                _notJoined = e;
                NotJoined(logger, _options.Cluster, e.Message);
                await Task.Delay(RejoinPause, _time, _stopping.Token).ConfigureAwait(false);
            }
    }

    /// <summary>The cluster's grains, once it is joined.</summary>
    internal Task<IGrainFactory> GrainsAsync(CancellationToken cancellation) => ServiceAsync<IGrainFactory>(cancellation);

    private async Task<T> ServiceAsync<T>(CancellationToken cancellation)
        where T : notnull =>
        (await _silo.WaitAsync(cancellation).ConfigureAwait(false)).Services.GetRequiredService<T>();

    // Declared here, or served by a silo of the cluster.
    private async Task CheckDeclaredAsync(StageAddress address, CancellationToken cancellation)
    {
        if (!_declared.ContainsKey(address) && !(await ServiceAsync<SiloRoles>(cancellation).ConfigureAwait(false)).Serve(address))
            throw new MeshException($"The address {address} is not declared: declare it before anything is sent there.");
    }

    private Task<IServing> ServeAsync(string queue, int capacity, Func<CancellationToken, Task> check, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return CallAsync<IServing>($"serve {queue}", async (grains, cancellation) =>
        {
            await check(cancellation).ConfigureAwait(false);
            var silo = (await ServiceAsync<ILocalSiloDetails>(cancellation).ConfigureAwait(false)).SiloAddress;
            var serving = new QueueServing(grains, queue, silo, capacity, s => _servings.TryRemove(s, out _));
            _servings[serving] = 0;
            try
            {
                await serving.StartAsync(cancellation).ConfigureAwait(false);
                return serving;
            }
            catch
            {
                await serving.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }, cancellation);
    }

    /// <summary>Repeats a call until it succeeds, or the time is over: that no silo of a role is there, or one has just died, is waited out.</summary>
    private async Task<T> CallAsync<T>(string what, Func<IGrainFactory, CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        cancellation.ThrowIfCancellationRequested();
        using var until = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        until.CancelAfter(_options.Timeout);
        Exception? last = null;
        while (true)
            try
            {
                if (last is not null)
                    await Task.Delay(Pause, _time, until.Token).ConfigureAwait(false);
                var grains = await GrainsAsync(until.Token).ConfigureAwait(false);
                return await call(grains, until.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (until.IsCancellationRequested)
            {
                cancellation.ThrowIfCancellationRequested();
                ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
                last ??= e is OperationCanceledException ? _silo.IsCompleted ? null : _notJoined : e;
                throw new MeshException($"Could not {what} within {_options.Timeout.TotalSeconds} s: {last?.Message ?? "the cluster did not answer"}", last);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or OperationCanceledException)
            {
                last = e;
            }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "joined the Orleans cluster {Cluster} as {Silo}")]
    private static partial void Joined(ILogger logger, string cluster, SiloAddress silo);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cannot join the Orleans cluster {Cluster}, trying again: {Problem}")]
    private static partial void NotJoined(ILogger logger, string cluster, string problem);
}
