namespace MuseCluster.Simulation;

/// <summary>A clock that stands still until it is set forward. Timers fire in the order of their times, on the thread that sets it.</summary>
/// <param name="start">Where it stands first.</param>
public sealed class VirtualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<(Timer Timer, int Setting), (DateTimeOffset Due, long Number)> _timers = new();
    private DateTimeOffset _now = start;
    private long _settings;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Sets the clock forward.</summary>
    /// <param name="by">How far; at least nothing.</param>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var to = GetUtcNow() + by;
        while (Next(to) is { } timer)
            timer.Fire();
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private Timer? Next(DateTimeOffset to)
    {
        lock (_lock)
        {
            while (_timers.TryPeek(out var next, out var at) && at.Due <= to)
            {
                _timers.Dequeue();
                if (next.Timer.Setting != next.Setting)
                    continue;
                _now = at.Due > _now ? at.Due : _now;
                next.Timer.Repeat(_now);
                return next.Timer;
            }
            _now = to;
            return null;
        }
    }

    private sealed class Timer(VirtualTime time, Action callback) : ITimer
    {
        private TimeSpan _period;

        // Each change makes what was set before void.
        public int Setting { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                _period = period;
                Set(dueTime, time._now);
            }
            return true;
        }

        public void Repeat(DateTimeOffset now) => Set(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan, now);

        public void Fire() => callback();

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Set(TimeSpan dueTime, DateTimeOffset now)
        {
            Setting++;
            if (dueTime != Timeout.InfiniteTimeSpan)
                time._timers.Enqueue((this, Setting), (now + dueTime, time._settings++));
        }
    }
}
