using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Tests.Ledger;

/// <summary>What a ledger should do, as lists in memory: the oracle of random sequences.</summary>
internal sealed class LedgerModel
{
    public List<Job> Jobs { get; } = [];

    public List<Entry> Items { get; } = [];

    public void Submit(Job job)
    {
        Jobs.Add(job);
        for (var i = 0; i < job.Requests.Count; i++)
            Items.Add(new Entry(new ItemId(job.Id, i), new QueueKey(job.Tenant, job.Model, job.Class)));
    }

    public List<(ItemId, int)> Lease(IEnumerable<Claim> claims, DateTimeOffset until)
    {
        var leased = new List<(ItemId, int)>();
        foreach (var claim in claims)
            foreach (var item in Items.Where(item => item.Queue == claim.Queue && item.State == ItemState.Queued).Take(claim.Count).ToList())
            {
                item.Run(until);
                leased.Add((item.Id, ++item.Attempt));
            }
        return leased;
    }

    public List<ItemId> Renew(IEnumerable<ItemId> ids, DateTimeOffset until)
    {
        var ended = new List<ItemId>();
        foreach (var item in Of(ids))
            if (item.Alive)
                item.Run(until);
            else
                ended.Add(item.Id);
        return ended;
    }

    public void Return(IEnumerable<ItemId> ids)
    {
        foreach (var item in Of(ids).Where(item => item.State == ItemState.Running))
        {
            item.State = ItemState.Queued;
            item.Attempt = Math.Max(0, item.Attempt - 1);
        }
    }

    public (List<ItemId> Queued, List<ItemId> Failed) Expire(int maxAttempts, DateTimeOffset now)
    {
        var due = Items.Where(item => item.State == ItemState.Running && item.Until <= now).ToList();
        foreach (var item in due)
            item.State = item.Attempt < maxAttempts ? ItemState.Queued : ItemState.Failed;
        List<ItemId> In(ItemState state) => [.. due.Where(item => item.State == state).Select(item => item.Id)];
        return (In(ItemState.Queued), In(ItemState.Failed));
    }

    public List<ItemId> End(IEnumerable<Outcome> outcomes)
    {
        var ended = new List<ItemId>();
        foreach (var outcome in outcomes)
            if (Of([outcome.Item]).Single() is { Alive: true } item)
            {
                item.State = outcome.Reason is null ? ItemState.Done : ItemState.Failed;
                item.Result = outcome.Result;
                ended.Add(item.Id);
            }
        return ended;
    }

    public int Cancel(Guid job)
    {
        var alive = Items.Where(item => item.Id.Job == job && item.Alive).ToList();
        alive.ForEach(item => item.State = ItemState.Cancelled);
        return alive.Count;
    }

    private IEnumerable<Entry> Of(IEnumerable<ItemId> ids) => ids.Distinct().Select(id => Items.Single(item => item.Id == id));

    /// <summary>An item, in the order of acceptance.</summary>
    internal sealed class Entry(ItemId id, QueueKey queue)
    {
        public ItemId Id => id;

        public QueueKey Queue => queue;

        public ItemState State { get; set; }

        public int Attempt { get; set; }

        public DateTimeOffset Until { get; private set; }

        public string? Result { get; set; }

        public bool Alive => State is ItemState.Queued or ItemState.Running;

        public void Run(DateTimeOffset until) => (State, Until) = (ItemState.Running, until);
    }
}
