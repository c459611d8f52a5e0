using System.Diagnostics;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Simulation;

/// <summary>An interactive item that somebody submits while others' items wait, and how it fares.</summary>
internal sealed class SingleItem
{
    private readonly ILedger _ledger;
    private readonly SimulatedMesh _mesh;
    private readonly Job _job;
    private readonly TaskCompletionSource _due = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<(int Count, long At)> _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<long> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Watches a mesh for the moment to submit it.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="ledger">Where it is submitted.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="model">The model.</param>
    /// <param name="after">Items sent before it is submitted.</param>
    public SingleItem(SimulatedMesh mesh, ILedger ledger, string tenant, string model, int after)
    {
        (_mesh, _ledger) = (mesh, ledger);
        _job = new Job { Tenant = tenant, Model = model, Class = PriorityClass.Interactive, Requests = [new GenerationRequest { Prompt = "a white ring" }] };
        mesh.Watch = (sending, count) =>
        {
            if (count >= after)
                _due.TrySetResult();
            if (sending.Item.Job == _job.Id)
                _sent.TrySetResult((count, sending.At));
        };
    }

    /// <summary>Items sent between its acceptance and its own sending.</summary>
    public int Overtakers { get; private set; }

    /// <summary>The time between these two.</summary>
    public TimeSpan Start { get; private set; }

    /// <summary>From its acceptance until it was finished.</summary>
    public TimeSpan End { get; private set; }

    /// <summary>Submits it when its moment has come, and waits until it has ended.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task SubmitAsync(CancellationToken cancellation)
    {
        await _due.Task.WaitAsync(cancellation).ConfigureAwait(false);
        await _ledger.SubmitAsync(_job, cancellation).ConfigureAwait(false);
        var (count, at) = (_mesh.Count, Stopwatch.GetTimestamp());
        var sent = await _sent.Task.WaitAsync(cancellation).ConfigureAwait(false);
        Overtakers = Math.Max(0, sent.Count - 1 - count);
        Start = Max(Stopwatch.GetElapsedTime(at, sent.At));
        End = Max(Stopwatch.GetElapsedTime(at, await _ended.Task.WaitAsync(cancellation).ConfigureAwait(false)));
    }

    /// <summary>Hears of an item that has ended.</summary>
    /// <param name="item">The item.</param>
    public void Ended(Item item)
    {
        if (item.Id.Job == _job.Id)
            _ended.TrySetResult(Stopwatch.GetTimestamp());
    }

    // It may be sent before its acceptance has been heard of here.
    private static TimeSpan Max(TimeSpan elapsed) => elapsed > TimeSpan.Zero ? elapsed : TimeSpan.Zero;
}
