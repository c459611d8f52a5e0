using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using MuseCluster.Cluster.Dispatch;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Tests.Dispatch;

public sealed class FairShareTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(Start);
    private readonly FairShare _share;

    public FairShareTests() => _share = new FairShare(new DispatchOptions(), _time);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void Saturating_tenants_of_weights_1_2_and_4_get_1_2_and_4_shares(int batch)
    {
        Backlog[] queues = [Queue("a", 1_000_000, weight: 1), Queue("b", 1_000_000, weight: 2), Queue("c", 1_000_000, weight: 4)];
        var given = Tally(Enumerable.Range(0, 7000 / batch).SelectMany(_ => Pick(queues, batch)));
        Assert.InRange(given["a"], 990, 1010);
        Assert.InRange(given["b"], 1980, 2020);
        Assert.InRange(given["c"], 3960, 4040);
    }

    [Fact]
    public void A_share_counts_what_items_cost_and_not_how_many_they_are()
    {
        Backlog[] queues = [Queue("long", 100_000), Queue("short", 100_000)];
        var given = Tally(Enumerable.Range(0, 1000).SelectMany(_ => Pick(queues, 10, tenant => tenant == "long" ? 48 : 12)));
        // 48 and 8 steps with guidance against 12 and 8: 112 to 40.
        Assert.Equal(112.0 / 40, given["short"] / (double)given["long"], 0.05);
    }

    [Fact]
    public void A_single_interactive_item_goes_before_a_hundred_thousand_queued_ones()
    {
        Backlog[] flood = [Queue("flood", 100_000, weight: 100), Queue("flood", 100_000, PriorityClass.Interactive, weight: 100)];
        Pick(flood, 5000);
        var picked = Pick([.. flood, Queue("one", 1, PriorityClass.Interactive)], 1);
        Assert.Equal("one", Assert.Single(picked).Queue.Tenant);
    }

    [Fact]
    public void A_tenant_that_calls_everything_interactive_gets_its_share_and_a_burst()
    {
        Backlog[] queues = [Queue("loud", 100_000, PriorityClass.Interactive), Queue("quiet", 100_000)];
        var given = Tally(Enumerable.Range(0, 100).SelectMany(_ => Pick(queues, 10)));
        Assert.InRange(given["loud"] - given["quiet"], 14, 18);
    }

    [Fact]
    public void Interactive_items_go_before_their_own_tenants_batch_items()
    {
        var picked = Pick([Queue("a", 50), Queue("a", 3, PriorityClass.Interactive)], 3);
        Assert.Equal(new Claim(new QueueKey("a", "shapes", PriorityClass.Interactive), 3), Assert.Single(picked));
    }

    [Fact]
    public void Batch_items_that_have_waited_long_take_turns_with_interactive_ones()
    {
        Backlog[] queues = [Queue("a", 50), Queue("a", 50, PriorityClass.Interactive)];
        _time.Advance(TimeSpan.FromMinutes(2));
        var picked = Pick(queues, 10).ToDictionary(c => c.Queue.Class, c => c.Count);
        Assert.Equal(5, picked[PriorityClass.Batch]);
        Assert.Equal(5, picked[PriorityClass.Interactive]);
    }

    [Fact]
    public void Batch_items_that_have_waited_long_take_turns_also_where_there_is_room_for_one_at_a_time()
    {
        Backlog[] queues = [Queue("a", 50), Queue("a", 50, PriorityClass.Interactive)];
        _time.Advance(TimeSpan.FromMinutes(2));
        var picked = Enumerable.Range(0, 20).Select(_ => Assert.Single(Pick(queues, 1)).Queue.Class).ToList();
        Assert.Equal(10, picked.Count(c => c == PriorityClass.Interactive));
    }

    [Fact]
    public void A_tenant_whose_items_differ_gets_the_same_share_as_one_whose_items_are_alike()
    {
        Backlog[] queues = [Queue("alike", 1_000_000), Queue("mixed", 1_000_000)];
        var (round, cost) = (0, new Dictionary<string, double> { ["alike"] = 0, ["mixed"] = 0 });
        for (; round < 1000; round++)
            foreach (var claim in Pick(queues, 20, Steps))
                cost[claim.Queue.Tenant] += claim.Count * ((2 * Steps(claim.Queue.Tenant)) + 16);
        Assert.Equal(1, cost["mixed"] / cost["alike"], 0.05);

        int Steps(string tenant) => tenant == "alike" ? 24 : round % 2 == 0 ? 4 : 60;
    }

    [Fact]
    public void What_was_not_dispatched_is_not_charged()
    {
        Backlog[] queues = [Queue("a", 1000), Queue("b", 1000)];
        Pick(queues, 100);
        for (var i = 0; i < 10; i++)
            _share.Settle(_share.Pick([queues[0]], 50), []);
        var given = Tally(Pick(queues, 100));
        Assert.Equal((50, 50), (given["a"], given["b"]));
    }

    [Fact]
    public void Thousands_of_tenants_come_and_go()
    {
        for (var i = 0; i < 3000; i++)
        {
            // One that was here long ago, one of now, and a new one.
            Backlog[] queues = [Queue("early", 1), Queue($"t{i}", 5), Queue($"u{i}", 5)];
            Assert.Equal(5, Pick(i % 500 == 0 ? queues : queues[1..], 5).Sum(c => c.Count));
        }
    }

    [Fact]
    public void Items_are_arranged_in_the_order_in_which_their_tenants_were_picked()
    {
        Backlog[] queues = [Queue("a", 10), Queue("b", 10, weight: 2), Queue("c", 1, PriorityClass.Interactive)];
        var items = _share.Pick(queues, 10).SelectMany(c => Enumerable.Range(0, c.Count).Select(i => Item(c.Queue, i))).ToList();
        // One of b's was cancelled meanwhile.
        items.RemoveAll(i => i.Tenant == "b" && i.Id.Index == 5);
        var arranged = _share.Arrange(items);
        Assert.Equal("c", arranged[0].Tenant);
        Assert.Equal(items.Count, arranged.Distinct().Count());
        Assert.All(Enumerable.Range(1, 2), third => Assert.Equal(2, arranged.Skip((third * 3) - 2).Take(3).Count(i => i.Tenant == "b")));
        Assert.All(arranged.GroupBy(i => i.Tenant), g => Assert.Equal(g.OrderBy(i => i.Id), g));
    }

    [Fact]
    public void A_tenant_that_was_idle_saves_nothing_up()
    {
        Pick([Queue("early", 1000)], 1000);
        Pick([Queue("early", 500), Queue("late", 500)], 100);
        var given = Tally(Pick([Queue("early", 500), Queue("late", 500)], 100));
        Assert.Equal(50, given["early"]);
        Assert.Equal(50, given["late"]);
    }

    [Fact]
    public void Whatever_waits_is_picked_and_never_more_than_asked_for()
    {
        var queue = from tenant in Gen.Elements("a", "b", "c", "d")
                    from priority in Gen.Elements(PriorityClass.Interactive, PriorityClass.Batch)
                    from queued in Gen.Choose(0, 30)
                    from weight in Gen.Elements(0.1, 1, 3, 1000)
                    select Queue(tenant, queued, priority, weight);
        var cases = from queues in queue.ListOf()
                    from count in Gen.Choose(0, 100)
                    select (Queues: queues.DistinctBy(q => q.Queue).ToArray(), count);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var share = new FairShare(new DispatchOptions(), _time);
            var claims = share.Pick(c.Queues, c.count);
            Assert.Equal(Math.Min(c.count, c.Queues.Sum(q => q.Queued)), claims.Sum(k => k.Count));
            Assert.All(claims, k => Assert.InRange(k.Count, 1, c.Queues.Single(q => q.Queue == k.Queue).Queued));
        }).QuickCheckThrowOnFailure();
    }

    private static Backlog Queue(string tenant, int queued, PriorityClass priority = PriorityClass.Batch, double weight = 1) =>
        new(new QueueKey(tenant, "shapes", priority), weight, queued, 0, queued == 0 ? null : Start);

    private static Dictionary<string, int> Tally(IEnumerable<Claim> claims) =>
        claims.GroupBy(c => c.Queue.Tenant).ToDictionary(g => g.Key, g => g.Sum(c => c.Count));

    private IReadOnlyList<Claim> Pick(IReadOnlyList<Backlog> queues, int count, Func<string, int>? steps = null)
    {
        var claims = _share.Pick(queues, count);
        _share.Settle(claims, [.. claims.SelectMany(c => Enumerable.Range(0, c.Count).Select(i => Item(c.Queue, i, steps?.Invoke(c.Queue.Tenant) ?? 24)))]);
        return claims;
    }

    private static Item Item(QueueKey queue, int index, int steps = 24) =>
        new(new ItemId(Guid.Empty, index), queue.Tenant, queue.Model, queue.Class, new GenerationRequest { Prompt = "", Steps = steps }, 1);
}
