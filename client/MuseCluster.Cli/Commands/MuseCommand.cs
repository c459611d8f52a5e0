using System.CommandLine;
using MuseCluster.Cli.Terminal;
using MuseCluster.Models.Import;
using MuseCluster.Silo.Configuration;
using MuseCluster.Training.Recipes;

namespace MuseCluster.Cli.Commands;

/// <summary>
/// A command of <c>muse</c>. Deriving classes add their arguments and flags in the constructor and do their work in
/// <see cref="Execute"/>; exceptions become one line on stderr and an exit code here.
/// </summary>
internal abstract class MuseCommand : Command
{
    /// <summary>Names the command.</summary>
    /// <param name="interruption">What stops it.</param>
    /// <param name="name">What the user types.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="examples">Whole command lines that help shows.</param>
    protected MuseCommand(Interruption interruption, string name, string description, params string[] examples)
        : base(name, description)
    {
        Examples = examples;
        SetAction((parse, cancellation) => Task.FromResult(Run(parse, interruption, cancellation)));
    }

    /// <summary>Whole command lines that help shows.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Does the work.</summary>
    /// <param name="parse">The values of arguments and flags, all valid by themselves.</param>
    /// <param name="context">Output and cancellation.</param>
    /// <exception cref="UsageException">A value does not go with another, or with what is on the disk.</exception>
    protected abstract void Execute(ParseResult parse, CommandContext context);

    private int Run(ParseResult parse, Interruption interruption, CancellationToken cancellation)
    {
        try
        {
            Execute(parse, CommandContext.Create(parse.GetValue(CommonFlags.Json), cancellation));
            return ExitCodes.Success;
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            // Whatever broke, it broke because the user stopped it: a child that shared Ctrl-C, a closed pipe.
            return interruption.ExitCode;
        }
        catch (Exception e) when (e is UsageException or RecipeException)
        {
            return CliErrors.Write(this, e.Message, ExitCodes.Usage);
        }
        catch (ModelImportException e)
        {
            CliErrors.Write(this, e.Summary, ExitCodes.Failure);
            foreach (var problem in e.Problems)
                Console.Error.WriteLine($"  {PlainText.OneLine(problem)}");
            return ExitCodes.Failure;
        }
        catch (SiloConfigurationException e)
        {
            foreach (var problem in e.Problems)
                CliErrors.Write(this, problem, ExitCodes.Usage);
            return ExitCodes.Usage;
        }
        catch (Exception e)
        {
            return CliErrors.Write(this, e);
        }
    }
}
