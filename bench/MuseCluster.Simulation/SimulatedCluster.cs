using MuseCluster.Cluster.Dispatch;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using Microsoft.Extensions.Logging.Abstractions;

namespace MuseCluster.Simulation;

/// <summary>
/// A cluster whose dispatchers and ledger are real, and whose silos are simulated. Its parts are driven from outside: step by
/// step with <see cref="StepAsync"/> on a clock of its own, or by <see cref="DispatchBenchmark"/> in real time.
/// </summary>
public sealed class SimulatedCluster : IAsyncDisposable
{
    private readonly ILedger _ledger;
    private readonly TimeProvider _time;
    private readonly PriorityQueue<int, DateTimeOffset> _beats = new();

    /// <summary>Makes a cluster. Its silos say that they are there with the first heartbeat.</summary>
    /// <param name="ledger">The ledger; owned by the caller.</param>
    /// <param name="time">Time.</param>
    /// <param name="options">The silos.</param>
    public SimulatedCluster(ILedger ledger, TimeProvider time, SimulationOptions? options = null)
    {
        (_ledger, _time, Options) = (ledger, time, options ?? new SimulationOptions());
        Grains = new SimulatedGrains(Options, time);
        Mesh = new SimulatedMesh(Grains, time);
        for (var silo = 0; silo < Options.Silos; silo++)
            _beats.Enqueue(silo, DateTimeOffset.MinValue);
    }

    /// <summary>The silos.</summary>
    public SimulationOptions Options { get; }

    /// <summary>Where items are worked on.</summary>
    public SimulatedGrains Grains { get; }

    /// <summary>What dispatchers send to.</summary>
    public SimulatedMesh Mesh { get; }

    /// <summary>A dispatcher of this cluster.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">How it dispatches; the defaults where null.</param>
    public Dispatcher AddDispatcher(string name, DispatchOptions? options = null) =>
        new(name, _ledger, Mesh, options ?? new DispatchOptions(), _time, NullLogger<Dispatcher>.Instance);

    /// <summary>Items in flight at most, while all silos are there.</summary>
    /// <param name="options">How they are dispatched.</param>
    public int Window(DispatchOptions options) => Math.Max(options.MinWindow, (int)(options.WindowFactor * Options.Silos * Options.Places));

    /// <summary>Lets those silos speak whose turn it is; afterwards the turns are spread over the time between two heartbeats.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task BeatAsync(CancellationToken cancellation = default)
    {
        var now = _time.GetUtcNow();
        var due = new List<int>();
        while (_beats.TryPeek(out var silo, out var at) && at <= now)
        {
            _beats.Dequeue();
            _beats.Enqueue(silo, at == DateTimeOffset.MinValue ? now + (Options.Heartbeat * ((silo + 1.0) / Options.Silos)) : at + Options.Heartbeat);
            due.Add(silo);
        }
        await Parallel.ForEachAsync(
            due, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellation },
            async (silo, token) => await _ledger.HeartbeatAsync(Grains.Status(silo), token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Brings what is finished to its end in the ledger.</summary>
    /// <param name="limit">Most items.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>What was finished.</returns>
    public async Task<IReadOnlyList<Item>> EndAsync(int limit, CancellationToken cancellation = default)
    {
        var finished = Grains.Finish(limit);
        if (finished.Count > 0)
            await _ledger.EndAsync([.. finished.Select(item => Outcome.Done(item.Id, "simulated"))], cancellation).ConfigureAwait(false);
        return finished;
    }

    /// <summary>Heartbeats; dispatches as long as anything goes; sets the clock forward; ends what is finished by then.</summary>
    /// <param name="by">How far the clock is set.</param>
    /// <param name="dispatchers">Each dispatches in turn.</param>
    /// <returns>What was finished.</returns>
    /// <exception cref="InvalidOperationException">The cluster's clock goes by itself.</exception>
    public async Task<IReadOnlyList<Item>> StepAsync(TimeSpan by, params IReadOnlyList<Dispatcher> dispatchers)
    {
        var time = _time as VirtualTime ?? throw new InvalidOperationException($"the cluster's clock is {_time.GetType().Name}, expected {nameof(VirtualTime)}: others go by themselves");
        await BeatAsync().ConfigureAwait(false);
        foreach (var dispatcher in dispatchers)
            while (await dispatcher.DispatchOnceAsync().ConfigureAwait(false) > 0)
            {
            }
        time.Advance(by);
        return await EndAsync(int.MaxValue).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Mesh.DisposeAsync();
}
