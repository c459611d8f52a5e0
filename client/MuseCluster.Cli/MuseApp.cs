using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using MuseCluster.Cli.Commands;
using MuseCluster.Cli.Commands.Cluster;
using MuseCluster.Cli.Commands.Models;
using MuseCluster.Cli.Commands.Server;
using MuseCluster.Cli.Commands.Tenants;
using MuseCluster.Cli.Terminal;

namespace MuseCluster.Cli;

/// <summary>The command line: its commands, and how a call of it ends.</summary>
internal static class MuseApp
{
    /// <summary>Runs one call of <c>muse</c>.</summary>
    /// <param name="args">What follows the program's name.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        using var interruption = new Interruption();
        var parse = Root(interruption).Parse(args, new ParserConfiguration
        {
            // A prompt may start with '@', and "-ab" is no bundle of flags here.
            ResponseFileTokenReplacer = null,
            EnablePosixBundling = false,
        });
        if (parse.Action is ParseErrorAction || (parse.Action == parse.CommandResult.Command.Action && UsageMessage.UnknownFlag(parse) is not null))
            return CliErrors.Write(parse.CommandResult.Command, UsageMessage.Of(parse), ExitCodes.Usage);
        return await parse.InvokeAsync(
            // Signals and exceptions are Interruption's and MuseCommand's.
            new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false },
            interruption.Token).ConfigureAwait(false);
    }

    /// <summary>The root command with all commands under it.</summary>
    /// <param name="interruption">What stops a running command.</param>
    public static RootCommand Root(Interruption interruption)
    {
        var root = new RootCommand("Text to pictures with Muse, the masked generative transformer.")
        {
            CommonFlags.Json,
            new GenerateCommand(interruption),
            new ShowCommand(interruption),
            new EvalCommand(interruption),
            new BenchCommand(interruption),
            new ServeCommand(interruption),
            new SiloCommand(interruption),
            new Command("cluster", "A cluster on this machine, for development.")
            {
                new ClusterUpCommand(interruption),
                new ClusterStatusCommand(interruption),
                new ClusterDownCommand(interruption),
            },
            new Command("tenants", "Who may use a cluster, and how much.")
            {
                new TenantAddCommand(interruption),
                new TenantListCommand(interruption),
                new TenantRotateCommand(interruption),
                new TenantRevokeCommand(interruption),
                new TenantLimitsCommand(interruption),
            },
            new SubmitCommand(interruption),
            new ReplayCommand(interruption),
            new ChaosCommand(interruption),
            new Command("models", "The models that pictures are made with.")
            {
                new ModelsAddCommand(interruption),
                new ModelsListCommand(interruption),
                new ModelsShowCommand(interruption),
                new ModelsRemoveCommand(interruption),
                new ModelsVerifyCommand(interruption),
            },
            new ConvertCommand(interruption),
            new TrainCommand(interruption),
            new ExportCommand(interruption),
        };
        foreach (var command in ServerCommands.All(interruption))
            root.Add(command);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        root.SetAction(parse => ((HelpWithExamples)help.Action).Invoke(parse));
        return root;
    }
}
