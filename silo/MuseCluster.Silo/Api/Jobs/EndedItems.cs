using System.Runtime.CompilerServices;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Silo.Api.Jobs;

/// <summary>The items of a job that have ended, each told once.</summary>
/// <param name="ledger">Has them.</param>
/// <param name="job">The job.</param>
/// <param name="since">Those that ended before this are not told.</param>
internal sealed class EndedItems(ILedger ledger, Guid job, DateTimeOffset since)
{
    private const int Page = 1000;
    private readonly HashSet<int> _told = [];
    private readonly DateTimeOffset _first = since;
    private DateTimeOffset _since = since;

    // What the last look found: the next one sees it again where it overlaps.
    private HashSet<(int Index, DateTimeOffset? Ended)> _last = [];

    /// <summary>How far clocks of silos and databases may be apart. Who comes again with a moment this much earlier misses nothing.</summary>
    public static TimeSpan Overlap { get; } = TimeSpan.FromSeconds(3);

    /// <summary>Those that have ended since the last look.</summary>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async IAsyncEnumerable<ItemStatus> NextAsync(DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var found = new HashSet<(int, DateTimeOffset?)>();
        await foreach (var item in LookAsync(_since, cancellation).ConfigureAwait(false))
            if (found.Add((item.Item.Id.Index, item.Ended)) && !_last.Contains((item.Item.Id.Index, item.Ended)))
            {
                _told.Add(item.Item.Id.Index);
                yield return item;
            }
        (_last, _since) = (found, now - Overlap > _since ? now - Overlap : _since);
    }

    /// <summary>
    /// What no look has found, once the job has ended: an end's moment is older than its transaction, on a busy machine by
    /// more than the overlap.
    /// </summary>
    /// <param name="all">How many items have ended.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async IAsyncEnumerable<ItemStatus> RestAsync(int all, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (_told.Count >= all)
            yield break;
        await foreach (var item in LookAsync(_first, cancellation).ConfigureAwait(false))
            if (_told.Add(item.Item.Id.Index))
                yield return item;
    }

    private async IAsyncEnumerable<ItemStatus> LookAsync(DateTimeOffset from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var (index, full) = (0, true); full;)
        {
            var page = await ledger.GetEndedItemsAsync(job, from, index, Page, cancellation).ConfigureAwait(false);
            foreach (var item in page)
                yield return item;
            full = page.Count == Page;
            index = full ? page[^1].Item.Id.Index + 1 : index;
        }
    }
}
