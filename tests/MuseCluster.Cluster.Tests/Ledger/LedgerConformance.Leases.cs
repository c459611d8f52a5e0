using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Tests.Ledger;

/// <content>From the queue to the end.</content>
public abstract partial class LedgerConformance
{
    [Fact]
    public async Task A_queue_is_first_in_first_out()
    {
        var first = await SubmitAsync(3);
        await SubmitAsync(2, "bob");
        var second = await SubmitAsync(3);
        Assert.Equal(Ids(first, 0, 1), await LeaseAsync(2));
        Assert.Equal([.. Ids(first, 2), .. Ids(second, 0)], await LeaseAsync(2));
        Assert.Equal(Ids(second, 1, 2), await LeaseAsync(9));
        Assert.Empty(await LeaseAsync(9));
    }

    [Fact]
    public async Task Leases_that_are_ended_at_once_leave_their_items_to_be_dispatched_again()
    {
        await SubmitAsync(3);
        var taken = await LeaseAsync(2);
        Assert.Equal(2, await Ledger.EndLeasesAsync());
        Assert.Equal(taken, (await Ledger.ExpireAsync(5, 10)).Queued);
        Assert.Equal(0, await Ledger.EndLeasesAsync());
    }

    [Fact]
    public async Task A_lease_takes_from_each_claimed_queue_and_from_no_other()
    {
        var batch = await SubmitAsync(5);
        var interactive = await SubmitAsync(5, priority: PriorityClass.Interactive);
        var other = await SubmitAsync(5, model: "other");
        var bob = await SubmitAsync(5, "bob");
        var leased = await Ledger.LeaseAsync(
            [
                new Claim(Batch, 2), new Claim(new QueueKey("bob", "shapes", PriorityClass.Batch), 1), new Claim(new QueueKey("eve", "shapes", PriorityClass.Batch), 4),
                new Claim(Batch with { Model = "other" }, 0), new Claim(Batch, 1),
            ],
            Lease);
        Assert.Equal([.. Ids(batch, 0, 1, 2), .. Ids(bob, 0)], leased.Select(item => item.Id));
        Assert.All(leased, item => Assert.Equal(1, item.Attempt));
        Assert.Equal(5, (await Ledger.GetJobAsync(interactive.Id))!.Queued);
        Assert.Equal(5, (await Ledger.GetJobAsync(other.Id))!.Queued);
        var status = await ItemAsync(leased[0].Id);
        Assert.Equal((ItemState.Running, Time.GetUtcNow(), 1), (status.State, status.Dispatched, status.Item.Attempt));
    }

    [Fact]
    public async Task A_backlog_tells_what_waits_and_runs_and_when_its_head_was_accepted()
    {
        var accepted = Time.GetUtcNow();
        var first = await SubmitAsync(2);
        Time.Advance(Lease);
        await SubmitAsync(2);
        await SubmitAsync(1, "bob");
        Assert.Equal(
            [new Backlog(Batch, 1, 4, 0, accepted), new Backlog(Batch with { Tenant = "bob" }, 1, 1, 0, accepted + Lease)],
            (await Ledger.GetBacklogAsync()).OrderBy(b => b.Queue.Tenant));
        var leased = await LeaseAsync(3);
        await LeaseAsync(1, Batch with { Tenant = "bob" });
        Assert.Equal(
            [new Backlog(Batch, 1, 1, 3, accepted + Lease), new Backlog(Batch with { Tenant = "bob" }, 1, 0, 1, null)],
            (await Ledger.GetBacklogAsync()).OrderBy(b => b.Queue.Tenant));
        await Ledger.ReturnAsync(Ids(first, 1));
        Assert.Equal(accepted, (await Ledger.GetBacklogAsync()).Single(b => b.Queue == Batch).Oldest);
        await Ledger.EndAsync([.. leased.Select(id => Outcome.Done(id, "x"))]);
        await LeaseAsync(9);
        await Ledger.CancelAsync((await Ledger.GetJobsAsync("ada", 1))[0].Id);
        Assert.Equal("bob", Assert.Single(await Ledger.GetBacklogAsync()).Queue.Tenant);
    }

    [Fact]
    public async Task An_expired_lease_goes_back_to_the_head_and_a_live_one_does_not()
    {
        var job = await SubmitAsync(4);
        await LeaseAsync(2);
        Time.Advance(Lease / 2);
        await LeaseAsync(1);
        Time.Advance((Lease / 2) - TimeSpan.FromTicks(10));
        Assert.Equal((0, 0), Counts(await Ledger.ExpireAsync(3, 10)));
        Time.Advance(TimeSpan.FromTicks(10));
        var expired = await Ledger.ExpireAsync(3, 10);
        Assert.Equal(Ids(job, 0, 1), expired.Queued);
        Assert.Empty(expired.Failed);
        Assert.Equal((ItemState.Queued, 1), (await ItemAsync(Ids(job, 0)[0])) is var item ? (item.State, item.Item.Attempt) : default);
        var again = await Ledger.LeaseAsync([new Claim(Batch, 3)], Lease);
        Assert.Equal(Ids(job, 0, 1, 3), again.Select(i => i.Id));
        Assert.Equal([2, 2, 1], again.Select(i => i.Attempt));
    }

    [Fact]
    public async Task An_expiry_takes_no_more_than_its_limit_the_longest_expired_first()
    {
        var job = await SubmitAsync(3);
        await LeaseAsync(2);
        Time.Advance(TimeSpan.FromSeconds(1));
        await LeaseAsync(1);
        Time.Advance(Lease);
        Assert.Equal(Ids(job, 0, 1), (await Ledger.ExpireAsync(3, 2)).Queued);
        Assert.Equal(Ids(job, 2), (await Ledger.ExpireAsync(3, 2)).Queued);
    }

    [Fact]
    public async Task An_item_without_attempts_left_fails_with_a_reason()
    {
        var job = await SubmitAsync(1);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            Assert.Equal(Ids(job, 0), await LeaseAsync(1));
            Time.Advance(Lease);
            Assert.Equal(attempt < 3 ? (1, 0) : (0, 1), Counts(await Ledger.ExpireAsync(3, 10)));
        }
        var item = await ItemAsync(Ids(job, 0)[0]);
        Assert.Equal((ItemState.Failed, null, Time.GetUtcNow()), (item.State, item.Result, item.Ended));
        Assert.Equal("given up after 3 attempts: no silo finished it in time", item.Reason);
        Assert.True((await Ledger.GetJobAsync(job.Id))!.Ended);
    }

    [Fact]
    public async Task A_returned_item_is_the_next_and_its_attempt_did_not_count()
    {
        var job = await SubmitAsync(4);
        await LeaseAsync(3);
        await Ledger.EndAsync([Outcome.Done(Ids(job, 2)[0], "x")]);
        await Ledger.ReturnAsync(Ids(job, 1, 0, 2, 3, 1));
        Assert.Equal((3, 0, 1), await Ledger.GetJobAsync(job.Id) is { } status ? (status.Queued, status.Running, status.Done) : default);
        var again = await Ledger.LeaseAsync([new Claim(Batch, 9)], Lease);
        Assert.Equal(Ids(job, 0, 1, 3), again.Select(item => item.Id));
        Assert.All(again, item => Assert.Equal(1, item.Attempt));
    }

    [Fact]
    public async Task A_renewed_lease_lasts_from_the_renewal_and_ended_items_are_told()
    {
        var job = await SubmitAsync(4);
        await LeaseAsync(4);
        await Ledger.EndAsync([Outcome.Failed(Ids(job, 2)[0], "no")]);
        Time.Advance(Lease / 2);
        Assert.Equal(Ids(job, 2), await Ledger.RenewAsync(Ids(job, 1, 2, 1), Lease));
        Time.Advance(Lease / 2);
        Assert.Equal(Ids(job, 0, 3), (await Ledger.ExpireAsync(3, 10)).Queued);
        Assert.Equal([], await Ledger.RenewAsync(Ids(job, 3), Lease));
        Assert.Equal((1, 2), await Ledger.GetJobAsync(job.Id) is { } status ? (status.Queued, status.Running) : default);
        Assert.Equal(1, (await ItemAsync(Ids(job, 3)[0])).Item.Attempt);
        await Ledger.CancelAsync(job.Id);
        Assert.Equal(Ids(job, 3, 2, 1, 0), await Ledger.RenewAsync(Ids(job, 3, 2, 1, 0), Lease));
    }

    [Fact]
    public async Task The_first_end_counts()
    {
        var job = await SubmitAsync(4);
        await LeaseAsync(3);
        var ids = Ids(job, 0, 1, 2, 3);
        Time.Advance(Lease);
        Assert.Equal(
            [ids[0], ids[1], ids[3]],
            (await Ledger.EndAsync([Outcome.Done(ids[3], "late"), Outcome.Done(ids[0], "a"), Outcome.Failed(ids[1], "bad\0luck"), Outcome.Failed(ids[0], "no")])).Order());
        Time.Advance(Lease);
        Assert.Equal([ids[2]], await Ledger.EndAsync([Outcome.Failed(ids[0], "no"), Outcome.Done(ids[1], "x"), Outcome.Done(ids[2], "c")]));
        var items = await Ledger.GetItemsAsync(job.Id, 0, 9);
        Assert.Equal([(ItemState.Done, "a", null), (ItemState.Failed, null, "bad\uFFFDluck"), (ItemState.Done, "c", null), (ItemState.Done, "late", null)],
            items.Select(item => (item.State, item.Result, item.Reason)));
        Assert.Equal(Time.GetUtcNow() - Lease, items[0].Ended);
        Assert.Equal((0, 0), Counts(await Ledger.ExpireAsync(1, 10)));
        Assert.Empty(await LeaseAsync(9));
    }

    [Fact]
    public async Task An_outcome_has_a_result_or_a_reason()
    {
        var id = Ids(await SubmitAsync(1), 0)[0];
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.EndAsync([new Outcome(id, null, null)]));
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.EndAsync([new Outcome(id, "x", "y")]));
        Assert.Equal(ItemState.Queued, (await ItemAsync(id)).State);
    }

    [Fact]
    public async Task A_cancelled_job_has_ended_but_for_what_had_ended_before()
    {
        var job = await SubmitAsync(5);
        var other = await SubmitAsync(2);
        var leased = await LeaseAsync(3);
        await Ledger.EndAsync([Outcome.Done(leased[0], "x")]);
        Assert.Equal(4, await Ledger.CancelAsync(job.Id));
        Assert.Equal(0, await Ledger.CancelAsync(job.Id));
        Assert.Equal((0, 0, 1, 0, 4), await Ledger.GetJobAsync(job.Id) is { } s ? (s.Queued, s.Running, s.Done, s.Failed, s.Cancelled) : default);
        Assert.Empty(await Ledger.EndAsync([Outcome.Done(leased[1], "y")]));
        var item = await ItemAsync(leased[1]);
        Assert.Equal((ItemState.Cancelled, null, Time.GetUtcNow()), (item.State, item.Result, item.Ended));
        Assert.Equal(Ids(other, 0, 1), await LeaseAsync(9));
        Time.Advance(Lease);
        Assert.Equal(Ids(other, 0, 1), (await Ledger.ExpireAsync(3, 10)).Queued);
    }

    [Fact]
    public async Task Wrong_numbers_are_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Ledger.LeaseAsync([new Claim(Batch, -1)], Lease));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Ledger.LeaseAsync([], TimeSpan.Zero));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Ledger.RenewAsync([], -Lease));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Ledger.ExpireAsync(0, 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Ledger.GetJobsAsync(null, -1));
    }

    private static (int Queued, int Failed) Counts(Expired expired) => (expired.Queued.Count, expired.Failed.Count);
}
