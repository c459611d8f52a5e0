using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Telemetry;
using MuseCluster.Cluster.Work;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Cluster.Grains;

/// <summary>
/// Serves a stage of a model: takes items as places fall free, steps all it holds together on a thread of its own, and
/// passes each on when it is through. An item joins between two steps of the others. It is acknowledged only when the next
/// stage has it for sure, or its result is stored and the ledger knows.
/// </summary>
public sealed partial class StageGrain : IAsyncDisposable
{
    private readonly string _silo;
    private readonly StageAddress _address;
    private readonly IStageWork _work;
    private readonly IMesh _mesh;
    private readonly ILedger _ledger;
    private readonly SharedEnds _ends;
    private readonly GrainOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TagList _tags;
    private readonly ConcurrentDictionary<ItemId, HeldItem> _held = new();
    private readonly Channel<HeldItem> _ready;
    private readonly Channel<HeldItem> _through;
    private readonly CancellationTokenSource _receiving = new();
    private readonly CancellationTokenSource _running = new();
    private readonly CancellationTokenSource _holding = new();
    private readonly TaskCompletionSource _steps = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IServing? _serving;
    private Task _loops = Task.CompletedTask;
    private volatile bool _handBack;
    private long _passedOn;

    /// <summary>Prepares a grain; <see cref="StartAsync"/> starts it.</summary>
    /// <param name="silo">The silo that hosts it.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="work">What the stage does; the grain disposes it.</param>
    /// <param name="mesh">Carries items.</param>
    /// <param name="ledger">Has their leases.</param>
    /// <param name="options">How items are held.</param>
    /// <param name="time">Time.</param>
    /// <param name="logger">Told what goes wrong.</param>
    public StageGrain(string silo, string model, IStageWork work, IMesh mesh, ILedger ledger, GrainOptions options, TimeProvider time, ILogger logger)
    {
        (_silo, _work, _mesh, _ledger, _options, _time, _logger) = (silo, work, mesh, ledger, options, time, logger);
        _address = new StageAddress(work.Stage, model);
        _ends = new SharedEnds(ledger);
        _tags = new TagList { { "stage", work.Stage.Name() }, { "model", model } };
        // A held item lies in one of the two at most, so that neither is ever full.
        _ready = Channel.CreateBounded<HeldItem>(options.Capacity);
        _through = Channel.CreateBounded<HeldItem>(options.Capacity);
    }

    /// <summary>What the silo says of it.</summary>
    public GrainStatus Status => new(_address.Stage, _address.Model, _options.Capacity, _held.Count, Interlocked.Read(ref _passedOn));

    /// <summary>Completes when the grain's thread has ended; faulted where it died.</summary>
    public Task Completion => _steps.Task;

    /// <summary>Starts to take items. All addresses of its model are declared.</summary>
    /// <param name="cancellation">Gives up waiting for the start.</param>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        _serving = await _mesh.ServeAsync(_address, _options.Capacity, cancellation).ConfigureAwait(false);
        new Thread(RunSteps) { IsBackground = true, Name = $"grain {_address}" }.Start();
        _loops = Task.WhenAll(ReceiveAsync(_serving), PassOnAsync(), RenewAsync());
    }

    /// <summary>
    /// Takes no more items, lets those it holds go on for a while, then hands back what is left, each as it stands between
    /// two steps.
    /// </summary>
    /// <param name="cancellation">Gives up: what is held then is delivered again from the stage's start.</param>
    public async Task DrainAsync(CancellationToken cancellation = default)
    {
        if (_serving is null)
            return;
        try
        {
            await _serving.PauseAsync(cancellation).ConfigureAwait(false);
        }
        catch (MeshException e)
        {
            Trouble(_address, e.Message);
        }
        await _receiving.CancelAsync().ConfigureAwait(false);
        try
        {
            await _steps.Task.WaitAsync(_options.DrainFor, _time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _handBack = true;
            await _steps.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        await _loops.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Stops at once: what is held is delivered again, from the stage's start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _receiving.CancelAsync().ConfigureAwait(false);
        await _running.CancelAsync().ConfigureAwait(false);
        if (_serving is not null)
        {
            await Task.WhenAny(_steps.Task).ConfigureAwait(false);
            await Task.WhenAny(_loops).ConfigureAwait(false);
            await _serving.DisposeAsync().ConfigureAwait(false);
        }
        foreach (var held in _held.Values)
            Forget(held);
        _work.Dispose();
        _ends.Dispose();
        _receiving.Dispose();
        _holding.Dispose();
        _running.Dispose();
    }

    private async Task ReceiveAsync(IServing serving)
    {
        try
        {
            await foreach (var delivery in serving.Deliveries.ReadAllAsync(_receiving.Token).ConfigureAwait(false))
                await TakeAsync(delivery).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Drained or disposed.
        }
        finally
        {
            _ready.Writer.Complete();
        }
    }

    private async Task TakeAsync(IDelivery delivery)
    {
        var id = delivery.Message.Item.Id;
        var held = new HeldItem(delivery, _time.GetUtcNow(), StartActivity(delivery.Message));
        var there = _held.GetOrAdd(id, held);
        if (there != held)
        {
            held.Activity?.Dispose();
            if (!there.Join(delivery))
                await delivery.AcknowledgeAsync(_receiving.Token).ConfigureAwait(false);
            return;
        }
        ClusterTelemetry.InFlight.Add(1, _tags);
        await PrepareAsync(held).ConfigureAwait(false);
        await (held.Failure is null ? _ready : _through).Writer.WriteAsync(held, _running.Token).ConfigureAwait(false);
    }

    // A store that is away is no fault of the item's: it waits, and those behind it need the store too.
    private async Task PrepareAsync(HeldItem held)
    {
        for (var failures = 0; ; failures++)
            try
            {
                held.Message = await _work.PrepareAsync(held.Message, _receiving.Token).ConfigureAwait(false);
                return;
            }
            catch (ArgumentException e)
            {
                held.Failure = e.Message;
                return;
            }
            catch (ArtifactException e)
            {
                Trouble(_address, e.Message);
                await PauseAsync(failures, _receiving.Token).ConfigureAwait(false);
            }
    }

    private Task PauseAsync(int failures, CancellationToken cancellation) =>
        Task.Delay(TimeSpan.FromMilliseconds(50 * Math.Pow(2, Math.Min(failures, 6))), _time, cancellation);

    private Activity? StartActivity(StageMessage message)
    {
        var activity = ClusterTelemetry.Source.StartActivity($"{_address.Stage.Name()} {_address.Model}", ActivityKind.Consumer, message.TraceParent);
        activity?.SetTag("muse.item", message.Item.Id.ToString()).SetTag("muse.tenant", message.Item.Tenant).SetTag("muse.silo", _silo);
        // It is this item's, not this loop's.
        Activity.Current = null;
        return activity;
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(_options.RenewEvery, _time);
        while (true)
        {
            try
            {
                await timer.WaitForNextTickAsync(_holding.Token).ConfigureAwait(false);
                var items = _held.Keys.Order().ToArray();
                if (items.Length == 0)
                    continue;
                foreach (var ended in await _ledger.RenewAsync(items, _options.Lease, _holding.Token).ConfigureAwait(false))
                    if (_held.TryGetValue(ended, out var held))
                        held.Unwanted = true;
            }
            catch (LedgerException e)
            {
                Trouble(_address, e.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // A poison item's own fault fails it at once; for anything else it gets some more chances, here or elsewhere.
    private void Break(HeldItem held, Exception e)
    {
        if (e is ArgumentException or FormatException)
            held.Failure = e.Message;
        else if (held.Deliveries >= _options.MaxFailures)
            held.Failure = $"stage {_address.Stage.Name()} failed {held.Deliveries} times, the last time with: {e.Message}";
        else
            held.Broken = true;
    }

    private void Forget(HeldItem held)
    {
        if (!_held.TryRemove(held.Message.Item.Id, out _))
            return;
        ClusterTelemetry.InFlight.Add(-1, _tags);
        held.Task?.Dispose();
        held.Activity?.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Grain}: trouble, trying again: {Problem}")]
    private partial void Trouble(StageAddress grain, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Grain}: item {Item} of tenant {Tenant} failed: {Reason}")]
    private partial void ItemFailed(StageAddress grain, ItemId item, string tenant, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Grain}: a step of {Count} items broke; each is tried alone")]
    private partial void StepBroke(StageAddress grain, int count, Exception e);
}
