using System.CommandLine;

namespace MuseCluster.Cli.Terminal;

/// <summary>Puts an error on stderr as one line.</summary>
internal static class CliErrors
{
    /// <summary>The environment variable that, set to 1, adds stack traces.</summary>
    public const string DebugVariable = "MUSE_DEBUG";

    private static bool Debug => Environment.GetEnvironmentVariable(DebugVariable) == "1";

    /// <summary>Writes a message.</summary>
    /// <param name="command">The command it is about.</param>
    /// <param name="message">The message.</param>
    /// <param name="exitCode">What to end with.</param>
    /// <returns>The exit code.</returns>
    public static int Write(Command command, string message, int exitCode)
    {
        Console.Error.WriteLine($"{Path(command)}: {PlainText.OneLine(message)}");
        return exitCode;
    }

    /// <summary>Writes what an exception says.</summary>
    /// <param name="command">The command that failed.</param>
    /// <param name="error">Why.</param>
    /// <returns><see cref="ExitCodes.Failure"/>.</returns>
    public static int Write(Command command, Exception error)
    {
        Write(command, Describe(error), ExitCodes.Failure);
        if (Debug)
            Console.Error.WriteLine(error);
        return ExitCodes.Failure;
    }

    private static string Path(Command command) =>
        command is RootCommand ? "muse" : $"{Path(command.Parents.OfType<Command>().First())} {command.Name}";

    /// <summary>What a user is told about an exception.</summary>
    /// <param name="error">The exception.</param>
    public static string Describe(Exception error) => error switch
    {
        // A static constructor or a task wraps what happened.
        TypeInitializationException { InnerException: { } inner } => Describe(inner),
        AggregateException { InnerExceptions: [var inner] } => Describe(inner),
        OutOfMemoryException => "out of memory",

        // These are mistakes of this program: their messages mean nothing to its user.
        NullReferenceException or IndexOutOfRangeException or InvalidCastException or KeyNotFoundException =>
            $"unexpected {error.GetType().Name}: {error.Message} Set {DebugVariable}=1 to see where.",
        _ => error.Message,
    };
}
