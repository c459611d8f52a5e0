using System.CommandLine;
using MuseCluster.LocalCluster;

namespace MuseCluster.Cli.Commands.Cluster;

/// <summary>Flags of the commands that work with a cluster on this machine.</summary>
internal static class ClusterFlags
{
    private const string DefaultFolder = "muse-cluster";

    /// <summary>The folder flag.</summary>
    public static Option<string?> Folder() => Flag.Path("--folder", $"Where the cluster's data, logs and state are. {DefaultFolder} where not given.", "FOLDER");

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
}
