using System.CommandLine;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.LocalCluster;

namespace MuseCluster.Cli.Commands.Cluster;

/// <summary>Ends a cluster on this machine.</summary>
internal sealed class ClusterDownCommand : MuseCommand
{
    private readonly Option<string?> _folder = ClusterFlags.Folder();
    private readonly Option<bool> _delete = new("--delete") { Description = "Delete its data too: jobs, pictures, logs." };

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public ClusterDownCommand(Interruption interruption)
        : base(interruption, "down", "End the cluster: its silos drain, its servers stop. Its data stay, and what was not done goes on with the next `muse cluster up`.", "muse cluster down", "muse cluster down --delete")
    {
        Add(_folder);
        Add(_delete);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var state = ClusterFlags.StateOf(parse, _folder);
        var folder = ClusterFlags.FolderOf(parse, _folder);
        using (var display = context.StartProgress())
        {
            var ended = 0;
            var all = state.Silos.Count + state.Servers.Count;
            display.Report(new ProgressState("down", 0, all));
            DevelopmentCluster.EndAsync(state, new Relay<string>(what => display.Report(new ProgressState("down", ++ended, all, what))), context.Cancellation).GetAwaiter().GetResult();
        }
        ClusterState.Forget(folder);
        var delete = parse.GetValue(_delete);
        if (delete)
            Directory.Delete(folder, recursive: true);
        if (context.Json)
            context.WriteJson(new JsonObject { ["silos"] = state.Silos.Count, ["servers"] = state.Servers.Count, ["deleted"] = delete });
        else
            context.Output.WriteLine(delete ? "the cluster is down, its data are deleted" : $"the cluster is down; its data are in {folder}");
    }
}
