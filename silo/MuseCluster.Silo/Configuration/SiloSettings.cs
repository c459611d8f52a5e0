using MuseCluster.Cluster.Dispatch;
using MuseCluster.Cluster.Faults;
using MuseCluster.Cluster.Grains;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Access;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Silo.Configuration;

/// <summary>How log lines are written.</summary>
public enum LogFormat
{
    /// <summary>A line for people.</summary>
    Text,

    /// <summary>A JSON object a line, with tenant, job and item as fields.</summary>
    Json,
}

/// <summary>All that a silo process is told. <see cref="SiloSetting.All"/> says how each is written.</summary>
public sealed record SiloSettings
{
    /// <summary>The silo's name. Default: the host's name and the process's number.</summary>
    public string Name { get; init; } = DefaultName();

    /// <summary>The stages it serves. Default: all.</summary>
    public IReadOnlyList<Stage> Stages { get; init; } = StageNames.All;

    /// <summary>Whether it takes jobs in and stands by to dispatch. Default: yes.</summary>
    public bool Gateway { get; init; } = true;

    /// <summary>Its models: folders, or names in the models folder. Default: shapes.</summary>
    public IReadOnlyList<string> Models { get; init; } = ["shapes"];

    /// <summary>Where models of a name are. Default: models, where the process was started.</summary>
    public string ModelFolder { get; init; } = "models";

    /// <summary>How items travel: inprocess, orleans, or the URL of RabbitMQ. Default: inprocess.</summary>
    public string Mesh { get; init; } = InProcessEngine.Name;

    /// <summary>A PEM file of the authorities that may sign the broker's certificate; null for those the machine trusts.</summary>
    public string? MeshCa { get; init; }

    /// <summary>Where the ledger is. Default: an SQLite file.</summary>
    public string Ledger { get; init; } = "sqlite:muse-data/ledger.db";

    /// <summary>Where pictures go. Default: a folder.</summary>
    public string Blobs { get; init; } = "muse-data/artifacts";

    /// <summary>cpu, cuda or cuda:N. Default: cpu.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Threads of the tensor library; 0 for one per core. Default 0.</summary>
    public int Threads { get; init; }

    /// <summary>Items that each grain holds at once. Default 16.</summary>
    public int Capacity { get; init; } = 16;

    /// <summary>Where the HTTP endpoints listen. Default: http://127.0.0.1:8080.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    /// <summary>Who is let in to the API; null for anybody on a loopback address, and those with keys on any other.</summary>
    public AccessMode? Access { get; init; }

    /// <summary>Who is let in, where the settings leave it to the addresses too.</summary>
    public AccessMode Admits => Access ?? (Loopback.All(Urls) ? AccessMode.Open : AccessMode.Keys);

    /// <summary>How long the silo may take to drain. Default 10 s.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an item may go without a sign of life. Default 2 minutes.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Times an item is dispatched before it is given up. Default 5.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>Items in flight of a model for each place of its grains. Default 1.5.</summary>
    public double WindowFactor { get; init; } = 1.5;

    /// <summary>How log lines are written. Default: for people.</summary>
    public LogFormat Log { get; init; } = LogFormat.Text;

    /// <summary>Where OpenTelemetry is sent by OTLP; null for nowhere.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>Faults that the silo makes by itself, for tests; null for none.</summary>
    public FaultOptions? Faults { get; init; }

    /// <summary>The silo's place in the mesh.</summary>
    /// <param name="postgres">The ledger's database; null where it is not PostgreSQL.</param>
    /// <param name="loggers">Make the mesh's loggers.</param>
    public MeshPlace Place(string? postgres, ILoggerFactory loggers) => new()
    {
        Mesh = Mesh,
        Authorities = MeshCa,
        Postgres = postgres,
        Silo = Name,
        Stages = Stages,
        Gateway = Gateway,
        Capacity = Capacity,
        Loggers = loggers,
    };

    /// <summary>The silo's own options.</summary>
    /// <param name="endpoint">Where its HTTP endpoints are.</param>
    public SiloOptions Options(string endpoint) => new()
    {
        Name = Name,
        Stages = Stages,
        Gateway = Gateway,
        Endpoint = endpoint,
        Faults = Faults,
        // A few seconds of the time to drain are for handing back.
        Grain = new GrainOptions { Capacity = Capacity, Lease = Lease, DrainFor = Drain * 0.4, RenewEvery = TimeSpan.FromSeconds(Math.Min(2, Lease.TotalSeconds / 4)) },
        Dispatch = new DispatchOptions { Lease = Lease, MaxAttempts = MaxAttempts, WindowFactor = WindowFactor },
    };

    private static string DefaultName()
    {
        var host = new string([.. Environment.MachineName.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-')]).Trim('-');
        return $"{(host.Length == 0 ? "silo" : host[^Math.Min(host.Length, 48)..].Trim('-'))}-{Environment.ProcessId}";
    }
}
