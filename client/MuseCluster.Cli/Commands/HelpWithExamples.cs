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
        var examples = command is MuseCommand own ? own.Examples : [.. command.Subcommands.OfType<MuseCommand>().SelectMany(c => c.Examples.Take(1))];
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        if (command is RootCommand)
            output.WriteLine("`muse COMMAND --help` says more. Exit codes: 0 done, 1 failed, 2 wrong arguments, 130 stopped with Ctrl-C.");
        return ExitCodes.Success;
    }
}
