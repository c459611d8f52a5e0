using System.CommandLine;

namespace MuseCluster.Cli.Commands;

/// <summary>Flags of every command.</summary>
internal static class CommonFlags
{
    /// <summary>Whether stdout is for a program.</summary>
    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print the result as one JSON document on stdout.",
        Recursive = true,
    };
}
