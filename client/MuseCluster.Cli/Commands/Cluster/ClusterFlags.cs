using System.CommandLine;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Orleans;
using MuseCluster.LocalCluster;
using MuseCluster.Silo.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace MuseCluster.Cli.Commands.Cluster;

/// <summary>Flags of the commands that work with a cluster on this machine.</summary>
internal static class ClusterFlags
{
    private const string DefaultFolder = "muse-cluster";
    private const string StartedRabbitMq = "rabbitmq";

    // Without a broker to run, where the build has it.
    private static readonly string DefaultMesh = OrleansEngine.IsBuilt ? OrleansEngine.Scheme : StartedRabbitMq;

    /// <summary>The folder flag.</summary>
    public static Option<string?> Folder() => Flag.Path("--folder", $"Where the cluster's data, logs and state are. {DefaultFolder} where not given.", "FOLDER");

    /// <summary>A flag that names a ledger's database.</summary>
    /// <param name="description">One sentence.</param>
    public static Option<string?> Ledger(string description) =>
        Flag.Parsed<string?>("--ledger", "DATABASE", description, "sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE", text => Checked(text, SqlLedger.Validate));

    /// <summary>A flag that names an artifact store.</summary>
    /// <param name="description">One sentence.</param>
    public static Option<string?> Blobs(string description) =>
        Flag.Parsed<string?>("--blobs", "STORE", description, "a folder, an Azure Storage connection string or a container's URL", text => Checked(text, ArtifactStores.Open) is null ? null : text);

    /// <summary>A flag that says how items travel between silos.</summary>
    public static Option<string?> Mesh() => Flag.Parsed<string?>(
        "--mesh", "MESH", $"How items travel: {OrleansEngine.Scheme}; {StartedRabbitMq}, which is started; or the amqp:// URL of one that is there. {DefaultMesh} where not given.",
        $"{OrleansEngine.Scheme}, {StartedRabbitMq} or an amqp:// URL", text => text == StartedRabbitMq || (MeshEngines.Take(text) && text != InProcessEngine.Name) ? text : null);

    /// <summary>How items travel; null for a RabbitMQ that is to be started.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="flag">The flag.</param>
    /// <exception cref="UsageException">This build has no such mesh; the message says how to get it.</exception>
    public static string? MeshOf(ParseResult parse, Option<string?> flag)
    {
        var mesh = parse.GetValue(flag) ?? DefaultMesh;
        if (mesh == StartedRabbitMq)
            return null;
        try
        {
            MeshEngines.Prepare(new MeshPlace { Mesh = mesh, Postgres = "Host=localhost", Silo = "silo", Stages = [], Gateway = true, Capacity = 1, Loggers = NullLoggerFactory.Instance });
            return mesh;
        }
        catch (ArgumentException e)
        {
            throw new UsageException(flag.Name, e.Message);
        }
    }

    /// <summary>The folder.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="flag">The flag.</param>
    public static string FolderOf(ParseResult parse, Option<string?> flag) => Path.GetFullPath(parse.GetValue(flag) ?? DefaultFolder);

    /// <summary>The cluster that runs in a folder.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="flag">The flag.</param>
    /// <exception cref="UsageException">None runs there.</exception>
    public static ClusterState StateOf(ParseResult parse, Option<string?> flag)
    {
        var folder = FolderOf(parse, flag);
        return ClusterState.Load(folder) ?? throw new UsageException(flag.Name, $"no cluster is up in {folder}; start one with: muse cluster up");
    }

    private static T? Checked<T>(string text, Func<string, T> check)
        where T : class
    {
        try
        {
            return check(text);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
