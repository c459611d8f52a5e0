using Microsoft.Extensions.Time.Testing;

namespace MuseCluster.Client.Tests;

/// <summary>A client, a scripted server, and a clock that runs as fast as the client waits.</summary>
public abstract class ClientTest : IAsyncLifetime
{
    internal const string Unavailable = """{"error":{"message":"starting","type":"server_error","code":"unavailable"}}""";
    internal const string AJob = """{"id":"j1","object":"job","model":"shapes","class":"batch","status":"running","created_at":1700000000,"counts":{"total":2,"queued":1,"running":1,"paused":0,"done":0,"failed":0,"cancelled":0}}""";

    internal ScriptedServer Server { get; private set; } = null!;

    internal WaitingTime Time { get; } = new();

    internal MuseClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await ScriptedServer.StartAsync();
        Client = new MuseClient(Options());
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }

    internal MuseClientOptions Options() => new()
    {
        Server = Server.Url, Key = "mk-secret", Time = Time, Jitter = () => 0, MaxRetries = 3,
        // The clock leaps over waits up to a minute; these are not waited for.
        Timeout = TimeSpan.FromHours(1), StreamSilence = TimeSpan.FromHours(1),
    };

    internal static async Task<List<T>> AllAsync<T>(IAsyncEnumerable<T> source)
    {
        var all = new List<T>();
        await foreach (var one in source)
            all.Add(one);
        return all;
    }
}

/// <summary>A clock that notes each wait of up to a minute, or less, and lets it pass at once.</summary>
internal sealed class WaitingTime(double longest = 60) : FakeTimeProvider
{
    private readonly List<TimeSpan> _waits = [];

    /// <summary>The waits, in seconds.</summary>
    public double[] Waits
    {
        get
        {
            lock (_waits)
                return [.. _waits.Select(w => w.TotalSeconds)];
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime <= TimeSpan.Zero || dueTime > TimeSpan.FromSeconds(longest))
            return base.CreateTimer(callback, state, dueTime, period);
        lock (_waits)
            _waits.Add(dueTime);
        var timer = base.CreateTimer(callback, state, dueTime, period);
        // Not from within the call: whoever waits does not have the timer yet.
        ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        return timer;
    }
}
