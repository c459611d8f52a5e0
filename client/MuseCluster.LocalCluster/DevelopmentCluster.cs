using MuseCluster.LocalCluster.Processes;
using MuseCluster.LocalCluster.Servers;
using MuseCluster.LocalCluster.Silos;

namespace MuseCluster.LocalCluster;

/// <summary>A real cluster on one machine: PostgreSQL, Azurite and, where it carries the items, RabbitMQ, unless they are given, and silos as processes.</summary>
public sealed class DevelopmentCluster : IAsyncDisposable
{
    private readonly DevelopmentClusterOptions _options;
    private string _ledger = "";

    /// <summary>Prepares a cluster.</summary>
    /// <param name="options">What it is made of.</param>
    public DevelopmentCluster(DevelopmentClusterOptions options)
    {
        _options = options;
        var data = Path.GetFullPath(options.Folder);
        RabbitMq = options.Mesh is null ? new RabbitMqCluster(Path.Combine(data, "rabbitmq"), options.Outlive, options.RabbitMqNodes) : null;
        Postgres = options.Ledger is null ? new PostgresServer(Path.Combine(data, "postgres"), options.Outlive) : null;
        Azurite = options.Blobs is null ? new AzuriteServer(Path.Combine(data, "azurite"), options.Outlive, options.Azurite) : null;
    }

    /// <summary>RabbitMQ; null where another mesh was given.</summary>
    public RabbitMqCluster? RabbitMq { get; }

    /// <summary>PostgreSQL; null where a ledger was given.</summary>
    public PostgresServer? Postgres { get; }

    /// <summary>Azurite; null where a store was given.</summary>
    public AzuriteServer? Azurite { get; }

    /// <summary>The silos, once they were started.</summary>
    public IReadOnlyList<LocalSilo> Silos { get; private set; } = [];

    /// <summary>How silos reach the mesh.</summary>
    public string Mesh => _options.Mesh ?? RabbitMq!.Connection;

    /// <summary>How silos reach the ledger.</summary>
    public string Ledger => _options.Ledger ?? _ledger;

    /// <summary>How silos reach the artifact store.</summary>
    public string Blobs => _options.Blobs ?? Azurite!.Connection;

    /// <summary>What is known of it, for those who come later.</summary>
    public ClusterState State => new(
        Mesh, Ledger, Blobs, _options.Model,
        [.. Silos.Where(s => s.Process is not null).Select(s => new BackgroundProcess(s.Spec.Name, s.Process!, s.Log))],
        [.. Servers.Where(s => s.Process is not null).Select(s => new BackgroundProcess(s.Name, s.Process!, s.LogFile))]);

    private IEnumerable<LocalServer> Servers =>
        [.. RabbitMq?.Servers ?? [], .. Postgres is null ? Array.Empty<LocalServer>() : [Postgres], .. Azurite is null ? Array.Empty<LocalServer>() : [Azurite]];

    /// <summary>Starts the servers, all at once.</summary>
    /// <param name="progress">Told what is up.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task StartServersAsync(IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        DataFolder.Create(_options.Folder);
        await Task.WhenAll(Up("RabbitMQ", RabbitMq?.StartAsync(cancellation)), Up("PostgreSQL", DatabaseAsync(cancellation)), Up("Azurite", Azurite?.StartAsync(cancellation))).ConfigureAwait(false);

        async Task Up(string name, Task? start)
        {
            if (start is null)
                return;
            await start.ConfigureAwait(false);
            progress?.Report(name);
        }
    }

    /// <summary>Starts the silos, all at once, and waits until they serve.</summary>
    /// <param name="progress">Told what is up.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task StartSilosAsync(IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        string[] command = [.. _options.Muse, "silo", "--models", _options.Model, "--mesh", Mesh, "--ledger", Ledger, "--blobs", Blobs, .. _options.SiloFlags];
        Silos = [.. _options.Silos.Select(spec => new LocalSilo(spec, command, _options.StartFlags, Path.Combine(Path.GetFullPath(_options.Folder), "silos"), _options.Outlive))];
        foreach (var silo in Silos)
            silo.Start();
        await Task.WhenAll(Silos.Select(async silo =>
        {
            await silo.WaitUntilReadyAsync(cancellation).ConfigureAwait(false);
            progress?.Report($"silo {silo.Spec.Name}");
        })).ConfigureAwait(false);
    }

    /// <summary>Ends a cluster in the background: its silos in good order, then its servers.</summary>
    /// <param name="state">What is known of it.</param>
    /// <param name="progress">Told what is down.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public static async Task EndAsync(ClusterState state, IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        foreach (var silo in state.Silos)
            silo.Process.Send(Signal.Terminate);
        foreach (var silo in state.Silos)
        {
            await silo.Process.WaitAsync(TimeSpan.FromSeconds(15), cancellation).ConfigureAwait(false);
            progress?.Report($"silo {silo.Name}");
        }
        foreach (var server in state.Servers.Reverse())
        {
            server.Process.Send(server.Name == PostgresServer.ServerName ? Signal.Interrupt : Signal.Terminate);
            await server.Process.WaitAsync(TimeSpan.FromSeconds(30), cancellation).ConfigureAwait(false);
            progress?.Report(server.Name);
        }
    }

    /// <summary>Ends it: its silos in good order, then its servers. Its data stay.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task StopAsync(CancellationToken cancellation = default) => EndAsync(State, null, cancellation);

    /// <summary>Ends it at once, and takes its data away.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var silo in Silos)
            await silo.EndAsync(Signal.Kill).ConfigureAwait(false);
        if (RabbitMq is not null)
            await RabbitMq.DisposeAsync().ConfigureAwait(false);
        if (Postgres is not null)
            await Postgres.DisposeAsync().ConfigureAwait(false);
        if (Azurite is not null)
            await Azurite.DisposeAsync().ConfigureAwait(false);
        if (Directory.Exists(_options.Folder))
            Directory.Delete(_options.Folder, recursive: true);
    }

    private async Task DatabaseAsync(CancellationToken cancellation)
    {
        if (Postgres is null)
            return;
        var first = !Directory.Exists(Path.Combine(_options.Folder, "postgres", "data"));
        await Postgres.StartAsync(cancellation).ConfigureAwait(false);
        _ledger = first ? await Postgres.CreateDatabaseAsync("muse", cancellation).ConfigureAwait(false) : Postgres.Database("muse");
    }
}
