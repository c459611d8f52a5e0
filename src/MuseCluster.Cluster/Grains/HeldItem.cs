using System.Diagnostics;
using MuseCluster.Cluster.Mesh;

namespace MuseCluster.Cluster.Grains;

/// <summary>An item in a grain's hands, from its delivery until it is passed on.</summary>
/// <param name="delivery">What brought it.</param>
/// <param name="received">When.</param>
/// <param name="activity">Its span; null where nobody traces.</param>
internal sealed class HeldItem(IDelivery delivery, DateTimeOffset received, Activity? activity)
{
    // The same item may come again while it is held: over a new connection, or because its lease ended.
    private readonly List<IDelivery> _deliveries = [delivery];
    private bool _closed;
    private volatile bool _unwanted;

    /// <summary>The item, with all that its stage needs once it has been prepared.</summary>
    public StageMessage Message { get; set; } = delivery.Message;

    /// <summary>When it came.</summary>
    public DateTimeOffset Received => received;

    /// <summary>Its span.</summary>
    public Activity? Activity => activity;

    /// <summary>How often it was delivered here.</summary>
    public int Deliveries { get; private set; } = delivery.Deliveries;

    /// <summary>The stage's work for it, once started.</summary>
    public IStageTask? Task { get; set; }

    /// <summary>Seconds that the device computed for it here.</summary>
    public double DeviceSeconds { get; set; }

    /// <summary>When its progress was last told.</summary>
    public DateTimeOffset Told { get; set; }

    /// <summary>Why it is given up; null where it is not.</summary>
    public string? Failure { get; set; }

    /// <summary>Whether it is to be delivered again, since its work broke.</summary>
    public bool Broken { get; set; }

    /// <summary>Whether it ended elsewhere, so that nobody wants its result.</summary>
    public bool Unwanted
    {
        get => _unwanted;
        set => _unwanted = value;
    }

    /// <summary>Whether all steps of the stage are made.</summary>
    public bool Finished => Task is { } task && task.Step >= task.Steps;

    /// <summary>Takes another delivery of the same item.</summary>
    /// <param name="again">The delivery.</param>
    /// <returns>False where the item has been passed on: the delivery is not needed any more.</returns>
    public bool Join(IDelivery again)
    {
        lock (_deliveries)
        {
            if (_closed)
                return false;
            _deliveries.Add(again);
            Deliveries = Math.Max(Deliveries, again.Deliveries);
            return true;
        }
    }

    /// <summary>Acknowledges every delivery of it.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public async ValueTask AcknowledgeAsync(CancellationToken cancellation)
    {
        foreach (var each in Close())
            await each.AcknowledgeAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Gives it back, once; other deliveries of it are acknowledged.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public async ValueTask ReturnAsync(CancellationToken cancellation)
    {
        var deliveries = Close();
        await deliveries[^1].ReturnAsync(cancellation).ConfigureAwait(false);
        foreach (var each in deliveries.SkipLast(1))
            await each.AcknowledgeAsync(cancellation).ConfigureAwait(false);
    }

    private IDelivery[] Close()
    {
        lock (_deliveries)
        {
            _closed = true;
            return [.. _deliveries];
        }
    }
}
