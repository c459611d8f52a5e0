using System.CommandLine;
using MuseCluster.Cli.Terminal;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>The commands that talk to a server, grouped.</summary>
internal static class ServerCommands
{
    /// <summary>All of them, for the root command.</summary>
    /// <param name="interruption">What stops them.</param>
    public static IEnumerable<Command> All(Interruption interruption) =>
    [
        Group("batch", "Files of requests at a server.", [
            new BatchSubmitCommand(interruption), new BatchWatchCommand(interruption), new BatchResultsCommand(interruption), new BatchListCommand(interruption), new BatchCancelCommand(interruption),
        ]),
        Group("jobs", "Jobs at a server.", [new JobsListCommand(interruption), new JobsShowCommand(interruption), new JobsWatchCommand(interruption), .. JobsSteerCommand.All(interruption)]),
        new UsageCommand(interruption),
        new SilosCommand(interruption),
    ];

    private static Command Group(string name, string description, IEnumerable<Command> commands)
    {
        var group = new Command(name, description);
        foreach (var command in commands)
            group.Add(command);
        return group;
    }
}
