using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Tests.Ledger;

public abstract partial class LedgerConformance
{
    [Fact]
    public async Task A_tenants_limits_are_told_as_they_were_put()
    {
        var limited = new Tenant("ada", 2) { Limits = new TenantLimits { RequestsPerMinute = 60, MaxRunning = 4, MaxQueued = 100, MaxBatch = 10, Models = ["shapes", "other"], RetentionDays = 7 } };
        await Ledger.PutTenantAsync(limited);
        Assert.Equal(limited, await Ledger.GetTenantAsync("ada"));
        Assert.Equal([limited], await Ledger.GetTenantsAsync());
        await Ledger.PutTenantAsync(new Tenant("ada"));
        Assert.Equal(TenantLimits.None, (await Ledger.GetTenantAsync("ada"))!.Limits);
        Assert.Null(await Ledger.GetTenantAsync("bob"));
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => Ledger.PutTenantAsync(new Tenant("ada") { Limits = new TenantLimits { MaxBatch = 0, Models = ["A"] } }));
        Assert.Contains("MaxBatch is 0", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Models has 'A'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_beyond_a_limit_is_refused_whole()
    {
        await Ledger.PutTenantAsync(new Tenant("ada") { Limits = new TenantLimits { MaxQueued = 5, MaxBatch = 4, Models = ["shapes"] } });
        Assert.Equal("MaxBatch", (await Assert.ThrowsAsync<TenantLimitException>(() => SubmitAsync(5))).Limit);
        Assert.Equal("Models", (await Assert.ThrowsAsync<TenantLimitException>(() => SubmitAsync(1, model: "other"))).Limit);
        await SubmitAsync(4);
        Assert.Equal("MaxQueued", (await Assert.ThrowsAsync<TenantLimitException>(() => SubmitAsync(2))).Limit);
        Assert.Single(await Ledger.GetJobsAsync("ada", 9));
        await LeaseAsync(3);
        // What is on its way does not wait, and what is paused does.
        var job = await SubmitAsync(4);
        await Ledger.PauseAsync(job.Id);
        Assert.Equal("MaxQueued", (await Assert.ThrowsAsync<TenantLimitException>(() => SubmitAsync(1))).Limit);
    }

    [Fact]
    public async Task Jobs_that_are_submitted_at_once_do_not_pass_a_limit_together()
    {
        await Ledger.PutTenantAsync(new Tenant("ada") { Limits = new TenantLimits { MaxQueued = 10 } });
        var accepted = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            try
            {
                return await Ledger.SubmitAsync(JobOf(3, priority: i % 2 == 0 ? PriorityClass.Batch : PriorityClass.Interactive));
            }
            catch (TenantLimitException)
            {
                return false;
            }
        }));
        Assert.Equal(3, accepted.Count(a => a));
        Assert.Equal(9, (await Ledger.GetBacklogAsync()).Sum(b => b.Queued));
    }

    [Fact]
    public async Task Keys_are_found_until_they_are_rotated_or_revoked()
    {
        var ((_, first), (_, second), (_, third)) = (ApiKey.Create(), ApiKey.Create(), ApiKey.Create());
        Assert.False(await Ledger.AddKeyAsync("ada", first, only: false));
        await Ledger.PutTenantAsync(new Tenant("ada", 3));
        Assert.True(await Ledger.AddKeyAsync("ada", first, only: false));
        Assert.True(await Ledger.AddKeyAsync("ada", second, only: false));
        Assert.Equal((first, new Tenant("ada", 3)), await Ledger.FindKeyAsync(first.Id));
        Assert.Equal(2, (await Ledger.CountKeysAsync())["ada"]);
        Assert.True(await Ledger.AddKeyAsync("ada", third, only: true));
        Assert.Null(await Ledger.FindKeyAsync(first.Id));
        Assert.NotNull(await Ledger.FindKeyAsync(third.Id));
        Assert.Equal(1, await Ledger.RevokeKeysAsync("ada"));
        Assert.Null(await Ledger.FindKeyAsync(third.Id));
        Assert.Empty(await Ledger.CountKeysAsync());
    }

    [Fact]
    public async Task A_paused_job_waits_apart_until_it_is_resumed()
    {
        var (job, other) = (await SubmitAsync(4), await SubmitAsync(1));
        var running = await LeaseAsync(1);
        Assert.Equal(3, await Ledger.PauseAsync(job.Id));
        Assert.Equal(0, await Ledger.PauseAsync(job.Id));
        Assert.Equal((0, 1, 3), await CountsAsync());
        Assert.Equal(Ids(other, 0), await LeaseAsync(9));
        // What comes back of it waits with the others.
        await Ledger.ReturnAsync(running);
        Assert.Equal((0, 0, 4), await CountsAsync());
        Assert.False((await Ledger.GetJobAsync(job.Id))!.Ended);
        Assert.Equal(4, await Ledger.ResumeAsync(job.Id));
        Assert.Equal(Ids(job, 0, 1, 2, 3), await LeaseAsync(9));
        await Ledger.PauseAsync(job.Id);
        Time.Advance(Lease * 2);
        await Ledger.ExpireAsync(3, 100);
        Assert.Equal((0, 0, 4), await CountsAsync());
        Assert.Equal(4, await Ledger.CancelAsync(job.Id));
        Assert.Equal(4, (await Ledger.GetJobAsync(job.Id))!.Cancelled);

        async Task<(int, int, int)> CountsAsync()
        {
            var status = (await Ledger.GetJobAsync(job.Id))!;
            return (status.Queued, status.Running, status.Paused);
        }
    }

    [Fact]
    public async Task Failed_items_are_retried_with_all_their_attempts()
    {
        var job = await SubmitAsync(3);
        await LeaseAsync(3);
        await Ledger.EndAsync([Outcome.Failed(Ids(job, 0)[0], "poison"), Outcome.Failed(Ids(job, 1)[0], "poison"), Outcome.Done(Ids(job, 2)[0], "a")]);
        Assert.Equal(2, await Ledger.RetryAsync(job.Id));
        Assert.Equal(Ids(job, 0, 1), await LeaseAsync(9));
        var item = await ItemAsync(Ids(job, 0)[0]);
        Assert.Equal((ItemState.Running, 1, null, null), (item.State, item.Item.Attempt, item.Reason, item.Ended));
        Assert.Equal(0, await Ledger.RetryAsync(job.Id));
        Assert.Equal(0, await Ledger.RetryAsync(Guid.NewGuid()));
    }

    [Fact]
    public async Task Usage_counts_each_picture_once_on_its_day()
    {
        var (ada, bob) = (await SubmitAsync(3), await SubmitAsync(1, "bob"));
        await LeaseAsync(3);
        var today = DateOnly.FromDateTime(Time.GetUtcNow().UtcDateTime);
        var done = Ids(ada, 0, 1).Concat(Ids(bob, 0)).Select(id => Outcome.Done(id, "a") with { Steps = 32, DeviceSeconds = 0.25 }).ToList();
        await Ledger.EndAsync(done);
        await Ledger.EndAsync(done);
        Time.Advance(TimeSpan.FromDays(1));
        await Ledger.EndAsync([Outcome.Failed(Ids(ada, 2)[0], "poison") with { Steps = 32, DeviceSeconds = 1 }]);
        Assert.Equal([new UsageOfDay(today, 2, 64, 0.5)], await Ledger.GetUsageAsync("ada", today, today.AddDays(1)));
        Assert.Equal([new UsageOfDay(today, 1, 32, 0.25)], await Ledger.GetUsageAsync("bob", today, today));
        Assert.Empty(await Ledger.GetUsageAsync("ada", today.AddDays(1), today.AddDays(9)));
    }

    [Fact]
    public async Task The_first_secret_of_a_name_stays()
    {
        Assert.Equal([1, 2, 3], await Ledger.GetSecretAsync("urls", [1, 2, 3]));
        Assert.Equal([1, 2, 3], await Ledger.GetSecretAsync("urls", [4]));
        Assert.Equal([4], await Ledger.GetSecretAsync("other", [4]));
    }

    [Fact]
    public async Task A_job_that_has_ended_can_be_deleted()
    {
        var (old, alive) = (await SubmitAsync(2), await SubmitAsync(1));
        await LeaseAsync(2);
        await Ledger.EndAsync([.. Ids(old, 0, 1).Select(id => Outcome.Done(id, "a"))]);
        Time.Advance(TimeSpan.FromDays(2));
        Assert.Empty(await Ledger.GetEndedJobsAsync("ada", Time.GetUtcNow().AddDays(-3), 9));
        Assert.Equal([old.Id], await Ledger.GetEndedJobsAsync("ada", Time.GetUtcNow().AddDays(-1), 9));
        Assert.False(await Ledger.DeleteJobAsync(alive.Id));
        Assert.True(await Ledger.DeleteJobAsync(old.Id));
        Assert.False(await Ledger.DeleteJobAsync(old.Id));
        Assert.Null(await Ledger.GetJobAsync(old.Id));
        Assert.Empty(await Ledger.GetItemsAsync(old.Id, 0, 9));
        Assert.Equal(Ids(alive, 0), await LeaseAsync(9));
    }

    [Fact]
    public async Task Jobs_are_listed_page_by_page()
    {
        var jobs = new List<Job>();
        for (var i = 0; i < 5; i++)
            jobs.Add(await SubmitAsync(1));
        Assert.Equal([jobs[4].Id, jobs[3].Id], (await Ledger.GetJobsAsync("ada", 2)).Select(j => j.Id));
        Assert.Equal([jobs[2].Id, jobs[1].Id], (await Ledger.GetJobsAsync("ada", 2, jobs[3].Id)).Select(j => j.Id));
        Assert.Equal([jobs[0].Id], (await Ledger.GetJobsAsync("ada", 2, jobs[1].Id)).Select(j => j.Id));
    }

    [Fact]
    public async Task Ended_items_are_told_from_a_moment_on_page_by_page()
    {
        var job = await SubmitAsync(5);
        await Ledger.EndAsync([Outcome.Done(Ids(job, 0)[0], "a")]);
        Time.Advance(TimeSpan.FromMinutes(1));
        var since = Time.GetUtcNow();
        await Ledger.EndAsync([Outcome.Failed(Ids(job, 1)[0], "no"), Outcome.Done(Ids(job, 3)[0], "a"), Outcome.Done(Ids(job, 4)[0], "a")]);
        async Task<IEnumerable<int>> EndedAsync(DateTimeOffset moment, int from, int limit) => (await Ledger.GetEndedItemsAsync(job.Id, moment, from, limit)).Select(i => i.Item.Id.Index);
        Assert.Equal([0, 1, 3, 4], await EndedAsync(DateTimeOffset.MinValue, 0, 9));
        Assert.Equal([1, 3], await EndedAsync(since, 0, 2));
        Assert.Equal([4], await EndedAsync(since, 4, 2));
        Assert.Empty(await EndedAsync(since.AddMinutes(1), 0, 9));
    }
}
