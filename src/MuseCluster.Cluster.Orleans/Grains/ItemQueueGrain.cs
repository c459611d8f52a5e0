using MuseCluster.Cluster.Orleans.Messages;
using Orleans;
using Orleans.Runtime;

namespace MuseCluster.Cluster.Orleans.Grains;

/// <summary>
/// A queue whose servings come for what they can hold. Each asks again with the tickets it has, so that whatever a lost
/// answer brought, or a former activation gave, is known within one turn.
/// </summary>
/// <param name="mostDeliveries">How often a parcel may be delivered before it moves on to the undeliverable ones.</param>
/// <param name="options">How long things take.</param>
/// <param name="membership">Which silos are gone.</param>
/// <param name="time">Time.</param>
internal abstract class ItemQueueGrain(int mostDeliveries, OrleansOptions options, IClusterMembershipService membership, TimeProvider time) : Grain, IItemQueueGrain
{
    private readonly Guid _activation = Guid.NewGuid();
    private readonly DateTimeOffset _activated = time.GetUtcNow();
    private readonly Dictionary<Guid, Entry> _entries = [];
    private readonly PriorityQueue<Entry, (int Class, long Number)> _waiting = new();
    private readonly List<ServingState> _servings = [];
    private long _sent;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(CheckAsync, new GrainTimerCreationOptions(options.CheckEvery, options.CheckEvery) { Interleave = true });
        return Task.CompletedTask;
    }

    public async Task EnqueueAsync(Parcel parcel, CancellationToken cancellation)
    {
        if (_entries.TryGetValue(parcel.Ticket, out var known))
        {
            known.Parcel ??= parcel;
            return;
        }
        var entry = new Entry(parcel.Ticket, _sent++) { Parcel = parcel };
        _entries.Add(parcel.Ticket, entry);
        if (parcel.Deliveries >= mostDeliveries)
            await MoveAsync(entry);
        else
            Wait(entry);
        Deliver();
    }

    public async Task<Taken> TakeAsync(TakeRequest request, CancellationToken cancellation)
    {
        var serving = _servings.Find(s => s.Id == request.Serving);
        var first = serving is null;
        if (serving is null)
            _servings.Add(serving = new ServingState(request.Serving, request.Silo));
        (serving.Capacity, serving.Paused, serving.Seen) = (request.Capacity, request.Paused, time.GetUtcNow());
        serving.Answer?.TrySetResult();
        var held = request.Held.ToHashSet();
        foreach (var lost in serving.Held.Where(e => !held.Contains(e.Ticket)).ToList())
            await ReturnAsync(lost);
        if (request.Activation != _activation)
            Adopt(serving, held);
        var answer = serving.Answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Deliver();
        bool current;
        try
        {
            if (!first)
                await answer.Task.WaitAsync(options.CheckEvery, time, cancellation);
        }
        catch (TimeoutException)
        {
            // Nothing came.
        }
        finally
        {
            current = serving.Answer == answer;
            if (current)
                (serving.Answer, serving.Seen) = (null, time.GetUtcNow());
        }
        // Who has asked again does not wait for this answer.
        if (!current)
            return new Taken(_activation, []);
        var parcels = serving.Given.ToArray();
        serving.Given.Clear();
        return new Taken(_activation, parcels);
    }

    public Task PauseAsync(Guid serving)
    {
        if (_servings.Find(s => s.Id == serving) is { } state)
            state.Paused = true;
        return Task.CompletedTask;
    }

    public async Task LeaveAsync(Guid serving)
    {
        if (_servings.Find(s => s.Id == serving) is not { } state)
            return;
        _servings.Remove(state);
        state.Answer?.TrySetResult();
        foreach (var entry in state.Held.ToList())
            await ReturnAsync(entry);
    }

    public async Task SettleAsync(Guid serving, Guid job, Guid ticket, bool done)
    {
        if (_entries.TryGetValue(ticket, out var entry) && entry.Holder?.Id != serving)
            return;
        if (!done)
        {
            if (entry is not null)
                await ReturnAsync(entry);
            return;
        }
        if (entry is not null)
            Remove(entry);
        Deliver();
        // Also of what only a former activation knew.
        await GrainFactory.Job(job).SettledAsync(ticket);
    }

    public Task<Guid[]> GetMissingAsync(Guid[] tickets) => Task.FromResult(
        // Servings that hold parcels of a former activation have not all said so yet.
        time.GetUtcNow() - _activated < 2 * options.CheckEvery ? [] : tickets.Where(t => !_entries.ContainsKey(t)).ToArray());

    public Task<long> GetDepthAsync() => Task.FromResult((long)_waiting.Count);

    private void Wait(Entry entry) => _waiting.Enqueue(entry, (entry.Parcel!.Class, entry.Number));

    // To whoever waits for it and has the most room.
    private void Deliver()
    {
        while (_waiting.Count > 0 && _servings.Where(s => s is { Answer: not null, Room: > 0 }).MaxBy(s => s.Room) is { } serving)
        {
            var entry = _waiting.Dequeue();
            entry.Parcel = entry.Parcel! with { Deliveries = entry.Parcel.Deliveries + 1 };
            entry.Holder = serving;
            serving.Held.Add(entry);
            serving.Given.Add(entry.Parcel);
            serving.Answer!.TrySetResult();
            GrainFactory.Job(entry.Parcel.Job).DeliveredAsync(entry.Ticket, entry.Parcel.Deliveries).Ignore();
        }
    }

    // What a former activation gave: its parcel comes from its job, if it is ever needed.
    private void Adopt(ServingState serving, IEnumerable<Guid> held)
    {
        foreach (var ticket in held.Where(t => !_entries.ContainsKey(t)))
        {
            var entry = new Entry(ticket, _sent++) { Holder = serving };
            _entries.Add(ticket, entry);
            serving.Held.Add(entry);
        }
    }

    private async Task ReturnAsync(Entry entry)
    {
        entry.Holder?.Held.Remove(entry);
        entry.Holder?.Given.RemoveAll(p => p.Ticket == entry.Ticket);
        entry.Holder = null;
        if (entry.Parcel is null)
            _entries.Remove(entry.Ticket);
        else if (entry.Parcel.Deliveries < mostDeliveries)
            Wait(entry);
        else
            await MoveAsync(entry);
        Deliver();
    }

    private async Task MoveAsync(Entry entry)
    {
        entry.Leaving = true;
        try
        {
            await GrainFactory.Job(entry.Parcel!.Job).SendAsync(IUndeliverableQueueGrain.Key, entry.Parcel with { Deliveries = 0 }, CancellationToken.None);
            Remove(entry);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // Tried again with the next check.
        }
    }

    private void Remove(Entry entry)
    {
        entry.Holder?.Held.Remove(entry);
        _entries.Remove(entry.Ticket);
    }

    private async Task CheckAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var silos = membership.CurrentSnapshot;
        foreach (var gone in _servings.Where(s => silos.GetSiloStatus(s.Silo) == SiloStatus.Dead || (s.Answer is null && now - s.Seen > 15 * options.CheckEvery)).ToList())
            await LeaveAsync(gone.Id);
        foreach (var entry in _entries.Values.Where(e => e.Leaving).ToList())
            await MoveAsync(entry);
    }

    private sealed class Entry(Guid ticket, long number)
    {
        public Guid Ticket => ticket;

        /// <summary>Its place in the order of sending, which it keeps when it is returned.</summary>
        public long Number => number;

        /// <summary>Null where only its holder has it.</summary>
        public Parcel? Parcel { get; set; }

        public ServingState? Holder { get; set; }

        /// <summary>On its way to the undeliverable ones.</summary>
        public bool Leaving { get; set; }
    }

    private sealed class ServingState(Guid id, SiloAddress silo)
    {
        public Guid Id => id;

        public SiloAddress Silo => silo;

        public int Capacity { get; set; }

        public bool Paused { get; set; }

        /// <summary>When it last asked, or was answered.</summary>
        public DateTimeOffset Seen { get; set; }

        public HashSet<Entry> Held { get; } = [];

        /// <summary>What the next answer brings.</summary>
        public List<Parcel> Given { get; } = [];

        /// <summary>What it waits for.</summary>
        public TaskCompletionSource? Answer { get; set; }

        public int Room => Paused ? 0 : Capacity - Held.Count;
    }
}
