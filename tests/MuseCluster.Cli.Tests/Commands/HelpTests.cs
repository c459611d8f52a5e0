using System.CommandLine;
using MuseCluster.Cli.Commands;
using MuseCluster.Cli.Terminal;

namespace MuseCluster.Cli.Tests.Commands;

public sealed class HelpTests
{
    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("-h")]
    public void HelpListsEveryCommandWithAnExample(params string[] arguments)
    {
        var result = MuseProcess.Run(arguments);

        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Error);
        using var interruption = new Interruption();
        foreach (var command in MuseApp.Root(interruption).Subcommands)
            Assert.Contains($"  {command.Name} ", result.Output, StringComparison.Ordinal);
        foreach (var command in Commands(MuseApp.Root(interruption)).Where(c => c.Parents.First() is not MuseCommand))
            Assert.Contains($"  {command.Examples[0]}\n", result.Output, StringComparison.Ordinal);
    }

    private static IEnumerable<MuseCommand> Commands(Command command) =>
        command.Subcommands.SelectMany(c => (IEnumerable<MuseCommand>)[.. c is MuseCommand own ? new[] { own } : [], .. Commands(c)]);

    [Fact]
    public void EveryCommandHasHelpWithExamplesThatParse()
    {
        using var interruption = new Interruption();
        var root = MuseApp.Root(interruption);
        foreach (var command in Commands(root))
        {
            Assert.NotEmpty(command.Examples);
            foreach (var example in command.Examples)
            {
                Assert.StartsWith($"muse {(command.Parents.First() is RootCommand ? "" : $"{command.Parents.First().Name} ")}{command.Name}", example, StringComparison.Ordinal);
                Assert.Empty(root.Parse(example["muse ".Length..]).Errors);
            }
        }
    }

    [Fact]
    public void HelpOfACommandNeedsNoneOfItsFlags()
    {
        var result = MuseProcess.Run("train", "--help");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("--recipe <FILE> (REQUIRED)", result.Output, StringComparison.Ordinal);
        Assert.Contains("Examples:\n  muse train --recipe", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void VersionIsOneLine()
    {
        var result = MuseProcess.Run("--version");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+\n$", result.Output);
    }
}
