using System.Reflection;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Dispatch;
using MuseCluster.Cluster.Faults;
using MuseCluster.Cluster.Grains;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using MuseCluster.Models;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Cluster.Silos;

/// <summary>A process's part of the cluster: its grains, and where it is a gateway, a dispatcher. It says that it is there until it is drained.</summary>
public sealed partial class SiloHost : IAsyncDisposable
{
    private readonly SiloOptions _options;
    private readonly ILedger _ledger;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IMesh _mesh;
    private readonly IReadOnlyList<StageAddress> _addresses;
    private readonly List<StageGrain> _grains = [];
    private readonly CancellationTokenSource _dispatching = new();
    private readonly CancellationTokenSource _beating = new();
    private readonly DateTimeOffset _started;
    private Task _dispatch = Task.CompletedTask;
    private Task _heart = Task.CompletedTask;
    private volatile bool _draining;

    /// <summary>Prepares a silo; <see cref="StartAsync"/> starts it.</summary>
    /// <param name="options">What it hosts.</param>
    /// <param name="models">Its models by name, with the parts that its stages need; owned by the caller.</param>
    /// <param name="ledger">The ledger; owned by the caller.</param>
    /// <param name="mesh">The mesh; owned by the caller.</param>
    /// <param name="artifacts">The artifact store.</param>
    /// <param name="time">Time.</param>
    /// <param name="loggers">Makes loggers.</param>
    /// <exception cref="ArgumentException">Options are wrong; the message names each.</exception>
    public SiloHost(
        SiloOptions options, IReadOnlyDictionary<string, MuseModel> models, ILedger ledger, IMesh mesh, IArtifactStore artifacts, TimeProvider time, ILoggerFactory loggers)
    {
        options.Problems().ThrowIfAny("The silo's options are wrong");
        (_options, _ledger, _time, _logger) = (options, ledger, time, loggers.CreateLogger<SiloHost>());
        _started = time.GetUtcNow();
        if (options.Faults is { } faults)
        {
            CrashingProcess.Arm(faults);
            mesh = new FaultyMesh(mesh, faults, time);
        }
        (_mesh, _addresses) = (mesh, StageAddress.Of(models.Keys));
        foreach (var (name, model) in models)
            foreach (var stage in options.Stages.Where(s => s != Stage.Superres || model.SuperresShape is not null))
            {
                IStageWork work = stage switch
                {
                    Stage.Text => new TextWork(model, artifacts),
                    Stage.Pixels => new PixelsWork(model, artifacts, time),
                    _ => new DecodingWork(stage, model, artifacts),
                };
                if (options.Faults?.Poison == true)
                    work = new FaultyWork(work, CrashingProcess.Crash);
                _grains.Add(new StageGrain(options.Name, name, work, mesh, ledger, options.Grain, time, loggers.CreateLogger<StageGrain>()));
            }
        if (options.Gateway)
            Dispatcher = new Dispatcher(options.Name, ledger, mesh, options.Dispatch, time, loggers.CreateLogger<Dispatcher>());
    }

    /// <summary>The build that runs.</summary>
    public static string Version { get; } = typeof(SiloHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Its dispatcher; null where it is no gateway.</summary>
    public Dispatcher? Dispatcher { get; }

    /// <summary>What it says of itself.</summary>
    public SiloStatus Status => new(_options.Name, _options.Endpoint, Version, _started, _time.GetUtcNow(), _draining, [.. _grains.Select(g => g.Status)]) { Gateway = _options.Gateway };

    /// <summary>Completes when a grain or the dispatcher ends: faulted where one died by itself, which only a new process mends.</summary>
    public Task Completion => Task.WhenAny([.. _grains.Select(g => g.Completion), .. Dispatcher is null ? Array.Empty<Task>() : [_dispatch]]).Unwrap();

    /// <summary>Which parts of a model some stages need.</summary>
    /// <param name="stages">The stages.</param>
    public static ModelParts Parts(IEnumerable<Stage> stages) => stages.Aggregate(ModelParts.None, (parts, stage) => parts | stage switch
    {
        Stage.Text => ModelParts.Text,
        Stage.Base => ModelParts.Base,
        Stage.Superres => ModelParts.Superres,
        _ => ModelParts.Pixels,
    });

    /// <summary>Starts grains, dispatcher and heartbeat.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        await _mesh.DeclareAsync(_addresses, cancellation).ConfigureAwait(false);
        foreach (var grain in _grains)
            await grain.StartAsync(cancellation).ConfigureAwait(false);
        await _ledger.HeartbeatAsync(Status, cancellation).ConfigureAwait(false);
        _heart = BeatAsync();
        _dispatch = Dispatcher?.RunAsync(_dispatching.Token) ?? Task.CompletedTask;
    }

    /// <summary>Takes nothing more in, lets items go on for a while, hands back what is left as it stands, and says goodbye.</summary>
    /// <param name="cancellation">Gives up: what is held then is delivered again.</param>
    public async Task DrainAsync(CancellationToken cancellation = default)
    {
        _draining = true;
        await _dispatching.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll([_dispatch, .. _grains.Select(g => g.DrainAsync(cancellation))]).ConfigureAwait(false);
        await _beating.CancelAsync().ConfigureAwait(false);
        await _heart.ConfigureAwait(false);
        await _ledger.ForgetAsync(_options.Name, cancellation).ConfigureAwait(false);
    }

    /// <summary>Stops at once, as a crash would, but for what processes clean up when they end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _dispatching.CancelAsync().ConfigureAwait(false);
        await _beating.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_dispatch, _heart).ConfigureAwait(false);
        foreach (var grain in _grains)
            await grain.DisposeAsync().ConfigureAwait(false);
        _dispatching.Dispose();
        _beating.Dispose();
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(_options.Heartbeat, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_beating.Token).ConfigureAwait(false))
                try
                {
                    await _ledger.HeartbeatAsync(Status, _beating.Token).ConfigureAwait(false);
                }
                catch (LedgerException e)
                {
                    NoHeartbeat(e.Message);
                }
        }
        catch (OperationCanceledException)
        {
            // Drained or disposed.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the ledger does not hear this silo, trying again: {Problem}")]
    private partial void NoHeartbeat(string problem);
}
