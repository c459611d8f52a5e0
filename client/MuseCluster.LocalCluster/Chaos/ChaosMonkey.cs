using System.Diagnostics;
using System.Globalization;
using MuseCluster.LocalCluster.Processes;
using MuseCluster.LocalCluster.Servers;
using MuseCluster.LocalCluster.Silos;

namespace MuseCluster.LocalCluster.Chaos;

/// <summary>
/// Disturbs a cluster from outside: silos are killed, or told to stop, and servers are killed or stopped for some seconds.
/// What is done, and in which order, follows from the seed. Silos that are gone, whatever of, are started again.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="options">How often.</param>
/// <param name="told">Told what is done.</param>
internal sealed class ChaosMonkey(DevelopmentCluster cluster, ChaosOptions options, Action<string> told)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private readonly Dictionary<string, int> _deeds = [];

    /// <summary>How often each thing was done.</summary>
    public IReadOnlyDictionary<string, int> Deeds => _deeds;

    /// <summary>Disturbs until cancelled; then every server is there again.</summary>
    /// <param name="cancellation">Ends it.</param>
    public async Task DisturbAsync(CancellationToken cancellation)
    {
        var random = new Random(options.Seed);
        var deck = Shuffled(random);
        try
        {
            while (true)
            {
                await Task.Delay(options.Between * (0.5 + random.NextDouble()), cancellation).ConfigureAwait(false);
                await RecoverAsync(cancellation).ConfigureAwait(false);
                if (deck.Count == 0)
                    deck = Shuffled(random);
                var (silo, pause, hard) = (random.Next(cluster.Silos.Count), TimeSpan.FromSeconds(1 + (2 * random.NextDouble())), random.Next(2) == 0);
                await (deck.Dequeue() switch
                {
                    Disturbance.KillSilo => KillAsync(cluster.Silos[silo]),
                    Disturbance.DrainSilo => StopAsync(cluster.Silos[silo]),
                    Disturbance.RabbitMq => InterruptAsync(cluster.RabbitMq?.Nodes[random.Next(cluster.RabbitMq.Nodes.Count)], hard, pause),
                    Disturbance.Postgres => InterruptAsync(cluster.Postgres, hard, pause),
                    // It keeps what it has accepted only where it may say goodbye.
                    _ => InterruptAsync(cluster.Azurite, false, pause),
                }).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    /// <summary>Starts silos that are gone until cancelled, as an orchestrator would.</summary>
    /// <param name="cancellation">Ends it.</param>
    public async Task SuperviseAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
                foreach (var silo in cluster.Silos.Where(s => s.Process?.Runs != true))
                {
                    Did("silo started again");
                    silo.Start();
                }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    // All kinds come, and come again, in an order that the seed gives.
    private Queue<Disturbance> Shuffled(Random random)
    {
        Disturbance[] deck =
        [
            Disturbance.KillSilo, Disturbance.KillSilo, Disturbance.KillSilo, Disturbance.DrainSilo, Disturbance.DrainSilo,
            // Where no broker carries the items, silos do.
            cluster.RabbitMq is null ? Disturbance.KillSilo : Disturbance.RabbitMq, Disturbance.Postgres, Disturbance.Azurite,
        ];
        random.Shuffle(deck);
        return new Queue<Disturbance>(deck);
    }

    // However slow the machine, a cluster that is never whole proves nothing.
    private async Task RecoverAsync(CancellationToken cancellation)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Longest;)
        {
            var ready = await Task.WhenAll(cluster.Silos.Select(s => s.IsReadyAsync(cancellation))).ConfigureAwait(false);
            if (ready.Count(r => r) >= cluster.Silos.Count - 1)
                return;
            await Task.Delay(200, cancellation).ConfigureAwait(false);
        }
    }

    private async Task KillAsync(LocalSilo silo)
    {
        told($"SIGKILL silo {silo.Spec.Name}");
        Did("silo killed");
        await silo.EndAsync(Signal.Kill).ConfigureAwait(false);
    }

    private Task StopAsync(LocalSilo silo)
    {
        told($"SIGTERM silo {silo.Spec.Name}");
        Did("silo drained");
        silo.Process?.Send(Signal.Terminate);
        return Task.CompletedTask;
    }

    // It is started again in any case: without it nothing could end.
    private async Task InterruptAsync(LocalServer? server, bool hard, TimeSpan pause)
    {
        if (server is null)
            return;
        told(string.Create(CultureInfo.InvariantCulture, $"{(hard ? "SIGKILL" : "stop")} {server.Name} for {pause.TotalSeconds:0.0} s"));
        Did($"{server.Name} {(hard ? "killed" : "stopped")}");
        await (hard ? server.KillAsync() : server.StopAsync()).ConfigureAwait(false);
        await Task.Delay(pause).ConfigureAwait(false);
        await server.StartAsync().ConfigureAwait(false);
    }

    private enum Disturbance
    {
        KillSilo,
        DrainSilo,
        RabbitMq,
        Postgres,
        Azurite,
    }

    private void Did(string deed)
    {
        lock (_deeds)
            _deeds[deed] = _deeds.GetValueOrDefault(deed) + 1;
    }
}
