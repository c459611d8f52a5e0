using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Dispatch;

/// <summary>
/// Shares a model's places among tenants by start-time fair queueing (Goyal, Vin, Cheng: SIGCOMM 1996): each tenant has a
/// virtual time that grows by what it was given over its weight, and the one that lies furthest back comes next. A tenant
/// that was idle starts where the others stand, and saves nothing up. Interactive items count as if their tenant lay
/// further back by a burst, so that they overtake batch items until the tenant is a burst ahead of its share. Not for use
/// by several threads at once.
/// </summary>
/// <param name="options">Burst and ageing.</param>
/// <param name="time">Tells how long items have waited.</param>
public sealed class FairShare(DispatchOptions options, TimeProvider time)
{
    private const int KeptAccounts = 1000;
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly List<QueueKey> _order = [];
    private List<Contender> _contenders = [];
    private double _virtualTime;

    /// <summary>
    /// Chooses what is dispatched next, and charges it to the tenants at what their items have cost lately.
    /// <see cref="Settle"/> follows, whatever becomes of it.
    /// </summary>
    /// <param name="backlogs">The queues of the model.</param>
    /// <param name="count">Most items.</param>
    /// <returns>How many of which queue; together as many as asked for, or all there are.</returns>
    public IReadOnlyList<Claim> Pick(IReadOnlyList<Backlog> backlogs, int count)
    {
        var aged = time.GetUtcNow() - options.AgeAfter;
        Forget();
        _contenders = [.. backlogs.Where(b => b.Queued > 0).GroupBy(b => b.Queue.Tenant, StringComparer.Ordinal)
            .Select(group => new Contender(Open(group.Key, group.First().Weight), [.. group], aged))];
        _order.Clear();
        if (_contenders.Count == 0)
            return [];
        Advance(_contenders.Min(c => c.Account.Time));
        foreach (var contender in _contenders)
            contender.Account.Time = Math.Max(contender.Account.Time, _virtualTime);

        var order = new PriorityQueue<Contender, (double Tag, string Tenant)>(_contenders.Select(c => (c, Tag(c))));
        for (; count > 0 && order.TryDequeue(out var next, out _); count--)
        {
            _order.Add(next.Take());
            if (next.Left > 0)
                order.Enqueue(next, Tag(next));
        }
        return [.. _contenders.SelectMany(c => c.Claims())];
    }

    /// <summary>Puts what was picked last into the order in which it was picked, as a ledger gives it queue by queue.</summary>
    /// <param name="items">What the ledger gave.</param>
    public IReadOnlyList<Item> Arrange(IReadOnlyList<Item> items)
    {
        var queues = items.GroupBy(i => new QueueKey(i.Tenant, i.Model, i.Class)).ToDictionary(g => g.Key, g => new Queue<Item>(g));
        return [.. _order.Select(queue => queues.TryGetValue(queue, out var rest) && rest.TryDequeue(out var item) ? item : null).OfType<Item>()];
    }

    /// <summary>Corrects what <see cref="Pick"/> charged, now that it is known what was dispatched.</summary>
    /// <param name="claims">What was picked.</param>
    /// <param name="items">What was dispatched of it.</param>
    public void Settle(IReadOnlyList<Claim> claims, IReadOnlyList<Item> items)
    {
        var costs = items.GroupBy(i => i.Tenant, StringComparer.Ordinal).ToDictionary(g => g.Key, g => (Count: g.Count(), Sum: g.Sum(i => ItemCost.Of(i.Request))), StringComparer.Ordinal);
        foreach (var picked in claims.GroupBy(c => c.Queue.Tenant, StringComparer.Ordinal))
        {
            var account = _accounts[picked.Key];
            var (taken, cost) = costs.GetValueOrDefault(picked.Key);
            account.Time += (cost - (account.Cost * picked.Sum(c => c.Count))) / account.Weight;
            if (taken > 0)
                account.Cost = cost / taken;
        }
        // Only now, or what a tenant was charged too much would be gone. Where nothing waits any more, the next to come all start alike.
        var waiting = _contenders.Where(c => c.Left > 0 || items.Count == 0).ToList();
        if (waiting.Count > 0)
            Advance(waiting.Min(c => c.Account.Time));
        else if (_contenders.Count > 0)
            Advance(_contenders.Max(c => c.Account.Time));
    }

    private void Advance(double to) => _virtualTime = Math.Max(_virtualTime, to);

    private (double Tag, string Tenant) Tag(Contender contender)
    {
        var account = contender.Account;
        var ahead = contender.Urgent ? options.InteractiveBurst * account.Cost / account.Weight : 0;
        return (account.Time - ahead, account.Tenant);
    }

    // Accounts of tenants without work are kept, so that nobody gets a second start by pausing; those that lie behind
    // everybody else are as good as new.
    private void Forget()
    {
        if (_accounts.Count > KeptAccounts)
            foreach (var (name, _) in _accounts.Where(a => a.Value.Time < _virtualTime).ToList())
                _accounts.Remove(name);
    }

    private Account Open(string tenant, double weight)
    {
        if (!_accounts.TryGetValue(tenant, out var account))
            _accounts[tenant] = account = new Account(tenant) { Time = _virtualTime };
        account.Weight = weight;
        return account;
    }

    private sealed class Account(string tenant)
    {
        public string Tenant => tenant;

        public double Weight { get; set; } = 1;

        public double Time { get; set; }

        /// <summary>What an item of this tenant cost when last seen; until then, Muse's 24 and 8 steps with guidance.</summary>
        public double Cost { get; set; } = 64;

        /// <summary>Whose turn it is where batch items have waited long: kept, as a pick may be of one item only.</summary>
        public bool BatchIsNext { get; set; } = true;
    }

    private sealed class Contender(Account account, Backlog[] queues, DateTimeOffset aged)
    {
        private readonly int[] _taken = new int[queues.Length];
        private readonly int _interactive = Array.FindIndex(queues, q => q.Queue.Class == PriorityClass.Interactive);
        private readonly int _batch = Array.FindIndex(queues, q => q.Queue.Class == PriorityClass.Batch);

        public Account Account => account;

        public int Left => Enumerable.Range(0, queues.Length).Sum(LeftOf);

        /// <summary>Whether its next item goes before others' batch items.</summary>
        public bool Urgent => Next == _interactive;

        private bool Aged => _batch >= 0 && queues[_batch].Oldest < aged;

        private int Next =>
            _batch < 0 || LeftOf(_batch) == 0 ? _interactive
            : _interactive < 0 || LeftOf(_interactive) == 0 || (Aged && account.BatchIsNext) ? _batch
            : _interactive;

        public QueueKey Take()
        {
            var next = Next;
            _taken[next]++;
            account.BatchIsNext = next != _batch;
            account.Time += account.Cost / account.Weight;
            return queues[next].Queue;
        }

        public IEnumerable<Claim> Claims() =>
            Enumerable.Range(0, queues.Length).Where(i => _taken[i] > 0).Select(i => new Claim(queues[i].Queue, _taken[i]));

        private int LeftOf(int queue) => queues[queue].Queued - _taken[queue];
    }
}
