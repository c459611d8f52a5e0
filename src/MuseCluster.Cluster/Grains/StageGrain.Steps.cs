using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Telemetry;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Grains;

/// <summary>The grain's thread: joins, steps, leaves.</summary>
public sealed partial class StageGrain
{
    // From this delivery on an item may be what killed the grain before: it goes alone, so that it takes nobody with it.
    private const int Suspect = 3;

    private void RunSteps()
    {
        var active = new List<HeldItem>();
        HeldItem? waiting = null;
        try
        {
            while (Fill(active, ref waiting) && !_running.IsCancellationRequested)
            {
                Step(active);
                foreach (var held in active.Where(h => _handBack || h.Finished || h.Unwanted || h.Failure is not null || h.Broken).ToList())
                {
                    active.Remove(held);
                    PassOn(held);
                }
            }
            _steps.TrySetResult();
        }
        catch (Exception e)
        {
            _steps.TrySetException(e);
        }
        finally
        {
            _through.Writer.TryComplete();
        }
    }

    // Takes in what is ready and has room; waits where there is nothing to do. False when nothing will come any more.
    private bool Fill(List<HeldItem> active, ref HeldItem? waiting)
    {
        while (true)
        {
            if (waiting is null && !_ready.Reader.TryRead(out waiting))
            {
                if (active.Count > 0)
                    return true;
                try
                {
                    if (!_ready.Reader.WaitToReadAsync(_running.Token).AsTask().GetAwaiter().GetResult())
                        return false;
                }
                catch (OperationCanceledException)
                {
                    return false;
                }
                continue;
            }
            if (active.Count > 0 && (IsSuspect(waiting) || active.Exists(IsSuspect)))
                return true;
            Start(waiting, active);
            waiting = null;
        }
    }

    private static bool IsSuspect(HeldItem held) => held.Deliveries >= Suspect || held.Message.Strikes > 0;

    private void Start(HeldItem held, List<HeldItem> active)
    {
        // What comes too late to be begun goes back as it came.
        if (held.Unwanted || _receiving.IsCancellationRequested)
        {
            PassOn(held);
            return;
        }
        try
        {
            held.Task = _work.Start(held.Message);
            active.Add(held);
            Tell(held);
        }
        catch (Exception e)
        {
            Break(held, e);
            PassOn(held);
        }
    }

    private void Step(List<HeldItem> active)
    {
        var left = active.Where(h => !h.Finished && !h.Unwanted).ToList();
        if (left.Count == 0 || _handBack)
            return;
        var started = _time.GetTimestamp();
        try
        {
            _work.Step([.. left.Select(h => h.Task!)]);
        }
        catch (Exception e)
        {
            StepBroke(_address, left.Count, e);
            foreach (var held in left.Where(h => !h.Finished))
                StepAlone(held);
        }
        var seconds = _time.GetElapsedTime(started).TotalSeconds;
        ClusterTelemetry.StepTime.Record(seconds, _tags);
        foreach (var held in left)
        {
            held.DeviceSeconds += seconds / left.Count;
            Tell(held);
        }
    }

    private void StepAlone(HeldItem held)
    {
        try
        {
            _work.Step([held.Task!]);
        }
        catch (Exception e)
        {
            Break(held, e);
        }
    }

    private void Tell(HeldItem held)
    {
        var now = _time.GetUtcNow();
        var item = held.Message.Item;
        if (held.Task is not { } task || now - held.Told < (item.Class == PriorityClass.Interactive ? _options.ProgressEvery : _options.BatchProgressEvery))
            return;
        held.Told = now;
        _mesh.Publish(new ItemEvent(item.Id, item.Tenant, ItemState.Running, _address.Stage, task.Step, task.Steps, task.Grid));
    }

    // There is room: what is held lies here once.
    private void PassOn(HeldItem held) => _through.Writer.TryWrite(held);
}
