using Microsoft.Extensions.Time.Testing;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Tests.Ledger;

/// <summary>What every ledger holds. A class per database gives it an empty one for each test.</summary>
public abstract partial class LedgerConformance : IAsyncLifetime
{
    protected static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    protected static readonly QueueKey Batch = new("ada", "shapes", PriorityClass.Batch);

    // A moment that microseconds hold.
    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(67_890));

    protected string Connection { get; private set; } = "";

    protected SqlLedger Ledger { get; private set; } = null!;

    /// <summary>Makes a database for one test.</summary>
    protected abstract Task<string> CreateAsync();

    public async Task InitializeAsync()
    {
        Connection = await CreateAsync();
        Ledger = await SqlLedger.OpenAsync(Connection, Time);
    }

    public virtual async Task DisposeAsync() => await Ledger.DisposeAsync();

    protected static Job JobOf(int items, string tenant = "ada", string model = "shapes", PriorityClass priority = PriorityClass.Batch) => new()
    {
        Tenant = tenant,
        Model = model,
        Class = priority,
        Requests = [.. Enumerable.Range(0, items).Select(i => new GenerationRequest { Prompt = $"a red cross, {i}", Seed = (ulong)i })],
    };

    protected async Task<Job> SubmitAsync(int items, string tenant = "ada", string model = "shapes", PriorityClass priority = PriorityClass.Batch)
    {
        var job = JobOf(items, tenant, model, priority);
        Assert.True(await Ledger.SubmitAsync(job));
        return job;
    }

    protected async Task<IReadOnlyList<ItemId>> LeaseAsync(int count, QueueKey? queue = null) =>
        [.. (await Ledger.LeaseAsync([new Claim(queue ?? Batch, count)], Lease)).Select(item => item.Id)];

    protected async Task<ItemStatus> ItemAsync(ItemId id) => Assert.Single(await Ledger.GetItemsAsync(id.Job, id.Index, 1));

    protected static ItemId[] Ids(Job job, params int[] indexes) => [.. indexes.Select(index => new ItemId(job.Id, index))];

    [Fact]
    public async Task Tenants_are_listed_by_name_with_their_last_weight()
    {
        await Ledger.PutTenantAsync(new Tenant("zoe", 2));
        await Ledger.PutTenantAsync(new Tenant("b-c", 0.5));
        await Ledger.PutTenantAsync(new Tenant("b0", 1));
        await Ledger.PutTenantAsync(new Tenant("zoe", 3.25));
        await SubmitAsync(1);
        Assert.Equal([new("ada"), new("b-c", 0.5), new("b0"), new("zoe", 3.25)], await Ledger.GetTenantsAsync());
    }

    [Fact]
    public async Task A_submission_leaves_its_tenants_weight_and_the_backlog_tells_it()
    {
        await Ledger.PutTenantAsync(new Tenant("ada", 7));
        await SubmitAsync(1);
        await SubmitAsync(1, "bob");
        Assert.Equal([("ada", 7), ("bob", 1)], (await Ledger.GetBacklogAsync()).Select(b => (b.Queue.Tenant, b.Weight)).Order());
    }

    [Theory]
    [InlineData("", 1, "Name is ''")]
    [InlineData("Ada", 1, "Name is 'Ada'")]
    [InlineData("ada", 0, "Weight is 0")]
    [InlineData("ada", double.NaN, "Weight is NaN")]
    public async Task A_wrong_tenant_is_refused(string name, double weight, string problem)
    {
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => Ledger.PutTenantAsync(new Tenant(name, weight)));
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await Ledger.GetTenantsAsync());
    }

    [Fact]
    public async Task An_accepted_job_is_told_as_it_was_submitted()
    {
        var job = JobOf(3, priority: PriorityClass.Interactive) with
        {
            Requests =
            [
                new GenerationRequest { Prompt = "quotes \" ' \\ and \0, \u20AC, \U0001F600, {json: [1]}", Negative = "'; DROP TABLE items; --", Seed = ulong.MaxValue, Picture = uint.MaxValue },
                new GenerationRequest { Prompt = "", Steps = 3, SrSteps = 2, Guidance = 0.1, SrGuidance = 1e-9, Temperature = 0, MinP = 0.25, Schedule = "linear" },
                new GenerationRequest { Prompt = new string('x', GenerationRequest.LongestPrompt) },
            ],
        };
        Assert.True(await Ledger.SubmitAsync(job));
        var created = Time.GetUtcNow();
        Assert.Equal(new JobStatus(job.Id, "ada", "shapes", PriorityClass.Interactive, created, 3, 0, 0, 0, 0, 0), await Ledger.GetJobAsync(job.Id));
        Assert.Equal(
            job.Requests.Select((request, i) => new ItemStatus(
                new Item(new ItemId(job.Id, i), "ada", "shapes", PriorityClass.Interactive, request, 0), ItemState.Queued, null, null, created, null, null)),
            await Ledger.GetItemsAsync(job.Id, 0, 10));
        var leased = await Ledger.LeaseAsync([new Claim(Batch with { Class = PriorityClass.Interactive }, 10)], Lease);
        Assert.Equal(job.Requests.Select((request, i) => new Item(new ItemId(job.Id, i), "ada", "shapes", PriorityClass.Interactive, request, 1)), leased);
    }

    [Fact]
    public async Task Submitting_a_job_again_changes_nothing()
    {
        var job = await SubmitAsync(2);
        Time.Advance(Lease);
        Assert.False(await Ledger.SubmitAsync(job));
        Assert.False(await Ledger.SubmitAsync(JobOf(5, "eve", "other") with { Id = job.Id }));
        Assert.Equal(2, Assert.Single(await Ledger.GetJobsAsync(null, 10)).Items);
        Assert.Equal(2, Assert.Single(await Ledger.GetBacklogAsync()).Queued);
        Assert.Equal("ada", Assert.Single(await Ledger.GetTenantsAsync()).Name);
    }

    [Fact]
    public async Task A_job_submitted_by_many_at_once_is_accepted_once()
    {
        await using var ledgers = await RacersAsync();
        var job = JobOf(20);
        var accepted = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => ledgers[i].SubmitAsync(job))));
        Assert.Single(accepted, yes => yes);
        Assert.Equal(20, (await Ledger.GetJobAsync(job.Id))!.Queued);
        Assert.Equal(20, (await Ledger.GetItemsAsync(job.Id, 0, 100)).Count);
    }

    [Fact]
    public async Task A_wrong_job_is_refused_with_every_field_and_nothing_is_written()
    {
        var job = JobOf(3, "Ada", "") with
        {
            Class = (PriorityClass)7,
            Requests = [new GenerationRequest { Prompt = "a" }, new GenerationRequest { Prompt = "b", Steps = 0, MinP = 2 }],
        };
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => Ledger.SubmitAsync(job));
        Assert.All(["Tenant", "Model", "Class", "Requests[1].Steps", "Requests[1].MinP"], field => Assert.Contains($"{field} ", refusal.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("Requests[0]", refusal.Message, StringComparison.Ordinal);
        var many = JobOf(1) with { Requests = [.. Enumerable.Repeat(new GenerationRequest { Prompt = "", Steps = 0 }, 150)] };
        Assert.EndsWith("; and 50 more", (await Assert.ThrowsAsync<ArgumentException>(() => Ledger.SubmitAsync(many))).Message, StringComparison.Ordinal);
        Assert.Empty(await Ledger.GetTenantsAsync());
        Assert.Empty(await Ledger.GetJobsAsync(null, 10));
    }

    [Fact]
    public async Task A_submission_that_is_cancelled_leaves_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        var job = JobOf(1) with { Requests = new CancellingList(20_000, 12_000, cancellation) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Ledger.SubmitAsync(job, cancellation.Token));
        Assert.Null(await Ledger.GetJobAsync(job.Id));
        Assert.Empty(await Ledger.GetTenantsAsync());
        Assert.True(await Ledger.SubmitAsync(JobOf(1) with { Id = job.Id }));
    }

    [Fact]
    public async Task Jobs_are_listed_newest_first_and_by_tenant()
    {
        var jobs = new List<Job>();
        foreach (var tenant in (string[])["ada", "bob", "ada", "bob", "ada"])
            jobs.Add(await SubmitAsync(1, tenant));
        Assert.Equal([jobs[4].Id, jobs[3].Id, jobs[2].Id], (await Ledger.GetJobsAsync(null, 3)).Select(job => job.Id));
        Assert.Equal([jobs[4].Id, jobs[2].Id, jobs[0].Id], (await Ledger.GetJobsAsync("ada", 9)).Select(job => job.Id));
        Assert.Empty(await Ledger.GetJobsAsync("eve", 9));
    }

    [Fact]
    public async Task Items_come_in_pages_also_across_the_chunks_of_a_large_job()
    {
        var job = await SubmitAsync(12_345);
        Assert.Equal([9_998, 9_999, 10_000, 10_001], (await Ledger.GetItemsAsync(job.Id, 9_998, 4)).Select(item => item.Item.Id.Index));
        Assert.Equal("a red cross, 12344", Assert.Single(await Ledger.GetItemsAsync(job.Id, 12_344, 10)).Item.Request.Prompt);
        Assert.Equal(12_345, (await Ledger.GetJobAsync(job.Id))!.Queued);
    }

    [Fact]
    public async Task What_is_not_there_is_told_so()
    {
        Assert.Null(await Ledger.GetJobAsync(Guid.NewGuid()));
        Assert.Empty(await Ledger.GetItemsAsync(Guid.NewGuid(), 0, 10));
        Assert.Empty(await Ledger.GetBacklogAsync());
        Assert.Equal(0, await Ledger.CancelAsync(Guid.NewGuid()));
        Assert.Empty(await LeaseAsync(5));
        Assert.Empty(await Ledger.EndAsync([Outcome.Done(new ItemId(Guid.NewGuid(), 0), "x")]));
        var unknown = new ItemId(Guid.NewGuid(), 3);
        Assert.Equal([unknown], await Ledger.RenewAsync([unknown], Lease));
        await Ledger.ReturnAsync([unknown]);
    }

    /// <summary>Requests that cancel when somebody reads through them and has come to one.</summary>
    private sealed class CancellingList(int count, int at, CancellationTokenSource cancellation) : IReadOnlyList<GenerationRequest>
    {
        private static readonly GenerationRequest Request = new() { Prompt = "a" };

        public int Count => count;

        public GenerationRequest this[int index] => Request;

        public IEnumerator<GenerationRequest> GetEnumerator()
        {
            for (var i = 0; i < count; i++)
            {
                if (i == at)
                    cancellation.Cancel();
                yield return Request;
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
