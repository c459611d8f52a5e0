using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Dispatch;

/// <summary>How many more items each tenant may have on its way, over all models.</summary>
/// <param name="backlogs">What waits and runs.</param>
internal sealed class RunningLimits(IReadOnlyList<Backlog> backlogs)
{
    private readonly Dictionary<string, int> _left = backlogs.Where(b => b.MaxRunning is not null).GroupBy(b => b.Queue.Tenant, StringComparer.Ordinal)
        .ToDictionary(t => t.Key, t => Math.Max(0, t.First().MaxRunning!.Value - t.Sum(b => b.Running)), StringComparer.Ordinal);

    /// <summary>Backlogs without what may not start now; a tenant's interactive items have its places first.</summary>
    /// <param name="model">Those of one model.</param>
    public IReadOnlyList<Backlog> Clip(IEnumerable<Backlog> model)
    {
        var left = new Dictionary<string, int>(_left, StringComparer.Ordinal);
        var clipped = new List<Backlog>();
        foreach (var backlog in model.OrderBy(b => b.Queue.Class == PriorityClass.Interactive ? 0 : 1))
        {
            var queued = Math.Min(backlog.Queued, left.GetValueOrDefault(backlog.Queue.Tenant, int.MaxValue));
            if (left.ContainsKey(backlog.Queue.Tenant))
                left[backlog.Queue.Tenant] -= queued;
            clipped.Add(backlog with { Queued = queued });
        }
        return clipped;
    }

    /// <summary>Items were started.</summary>
    /// <param name="items">The items.</param>
    public void Take(IReadOnlyList<Item> items)
    {
        foreach (var tenant in items.GroupBy(i => i.Tenant, StringComparer.Ordinal).Where(t => _left.ContainsKey(t.Key)))
            _left[tenant.Key] -= tenant.Count();
    }
}
