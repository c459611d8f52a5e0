using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MuseCluster.Cli.Commands;

/// <summary>The usual help, and below it the command's examples; for <c>muse</c> itself, one of each command.</summary>
/// <param name="help">The usual help.</param>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        var command = parseResult.CommandResult.Command;
        var examples = command is MuseCommand own ? own.Examples : [.. command.Subcommands.SelectMany(First)];
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        if (command is RootCommand)
            output.WriteLine("`muse COMMAND --help` says more. Exit codes: 0 done, 1 failed, 2 wrong arguments, 130 stopped with Ctrl-C.");
        return ExitCodes.Success;
    }

    // A group has those of its commands.
    private static IEnumerable<string> First(Command command) =>
        command is MuseCommand own ? own.Examples.Take(1) : command.Subcommands.SelectMany(First);
}
