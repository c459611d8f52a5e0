using System.CommandLine;
using System.Text.Json;
using MuseCluster.Cli.Terminal;
using MuseCluster.LocalCluster;
using MuseCluster.LocalCluster.Silos;

namespace MuseCluster.Cli.Commands.Cluster;

/// <summary>Starts a cluster on this machine.</summary>
internal sealed class ClusterUpCommand : MuseCommand
{
    private const string DefaultSilos = "text=1,base=2,superres=1,pixels=1";
    private readonly Option<string?> _silos = Flag.Parsed<string?>(
        "--silos", "LIST", $"The silos. {DefaultSilos} where not given.", SiloSpec.Expected, text => SiloSpec.ParseAll(text) is null ? null : text);
    private readonly Option<string?> _model = Flag.Path("--model", "The model: a folder, or a name under models/. shapes where not given.", "MODEL");
    private readonly Option<string?> _mesh = ClusterFlags.Mesh();
    private readonly Option<string?> _ledger = ClusterFlags.Ledger("The ledger's database, where one is there already.");
    private readonly Option<string?> _blobs = ClusterFlags.Blobs("The artifact store, where one is there already; a folder will do.");
    private readonly Option<string?> _folder = ClusterFlags.Folder();

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public ClusterUpCommand(Interruption interruption)
        : base(
            interruption, "up", "Start PostgreSQL, Azurite and, for a mesh of it, RabbitMQ where none are given, and the silos, in the background.",
            "muse cluster up",
            $"muse cluster up --silos text+pixels=1,base=2,superres=1",
            "muse cluster up --blobs ./pictures")
    {
        foreach (var option in new Option[] { _silos, _model, _mesh, _ledger, _blobs, _folder })
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context) => UpAsync(parse, context).GetAwaiter().GetResult();

    private async Task UpAsync(ParseResult parse, CommandContext context)
    {
        var folder = ClusterFlags.FolderOf(parse, _folder);
        if (ClusterState.Load(folder) is { Runs: true })
            throw new UsageException(_folder.Name, $"a cluster is up in {folder}; end it with: muse cluster down");
        var model = parse.GetValue(_model) ?? ModelFolder.Default;
        var blobs = parse.GetValue(_blobs);
        var options = new DevelopmentClusterOptions
        {
            Folder = folder,
            Muse = MuseProgram.Command,
            Azurite = MuseProgram.Azurite,
            Silos = SiloSpec.ParseAll(parse.GetValue(_silos) ?? DefaultSilos)!,
            Model = ModelFolder.Find(model, _model.Name),
            Mesh = ClusterFlags.MeshOf(parse, _mesh),
            Ledger = parse.GetValue(_ledger),
            // A folder is relative to where the user is, not to where silos run.
            Blobs = blobs is null || blobs.Contains(';') || blobs.Contains("://", StringComparison.Ordinal) ? blobs : Path.GetFullPath(blobs),
            Outlive = true,
        };
        var cluster = new DevelopmentCluster(options);
        using var display = context.StartProgress();
        var up = new List<string>();
        var progress = new Relay<string>(what =>
        {
            lock (up)
            {
                up.Add(what);
                display.Report(new ProgressState("up", up.Count, 0, string.Join(", ", up)));
            }
        });
        try
        {
            await cluster.StartServersAsync(progress, context.Cancellation).ConfigureAwait(false);
            cluster.State.Save(folder);
            await cluster.StartSilosAsync(progress, context.Cancellation).ConfigureAwait(false);
            cluster.State.Save(folder);
        }
        catch
        {
            // Half a cluster is of no use to anybody.
            await DevelopmentCluster.EndAsync(cluster.State).ConfigureAwait(false);
            ClusterState.Forget(folder);
            throw;
        }
        display.Dispose();
        if (context.Json)
            context.WriteJson(JsonSerializer.SerializeToNode(cluster.State, new JsonSerializerOptions(JsonSerializerDefaults.Web))!);
        else
            foreach (var line in Lines(cluster, folder))
                context.Output.WriteLine(line);
    }

    private static IEnumerable<string> Lines(DevelopmentCluster cluster, string folder) =>
    [
        $"a cluster of {cluster.Silos.Count} silos is up; its logs are in {folder}",
        .. cluster.Silos.Select(s => $"  {s.Spec.Name,-16} {s.Urls}"),
        "make pictures with: muse submit \"a red circle above a blue square\" --count 100",
        "look at it with:    muse cluster status",
        "end it with:        muse cluster down",
    ];
}
