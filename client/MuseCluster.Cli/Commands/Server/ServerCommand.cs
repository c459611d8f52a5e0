using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>A command that talks to a server. Deriving classes do their work in <see cref="RunAsync"/>.</summary>
internal abstract class ServerCommand : MuseCommand
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private readonly ServerFlags _server = new();

    /// <summary>Names the command.</summary>
    /// <param name="interruption">What stops it.</param>
    /// <param name="name">What the user types.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="examples">Whole command lines that help shows.</param>
    protected ServerCommand(Interruption interruption, string name, string description, params string[] examples)
        : base(interruption, name, description, examples)
    {
        foreach (var option in _server.All)
            Add(option);
    }

    /// <summary>Does the work.</summary>
    /// <param name="client">The server.</param>
    /// <param name="parse">The values of arguments and flags.</param>
    /// <param name="context">Output and cancellation.</param>
    protected abstract Task RunAsync(MuseClient client, ParseResult parse, CommandContext context);

    /// <summary>Checks what needs no server, before one is talked to.</summary>
    /// <param name="parse">The values of arguments and flags.</param>
    protected virtual void Check(ParseResult parse)
    {
    }

    /// <inheritdoc/>
    protected sealed override void Execute(ParseResult parse, CommandContext context)
    {
        Check(parse);
        _server.Run(parse, context, client => RunAsync(client, parse, context));
    }

    /// <summary>What a program is given of an answer.</summary>
    /// <typeparam name="T">The answer's type.</typeparam>
    /// <param name="answer">The answer.</param>
    protected static JsonNode Json<T>(T answer) => JsonSerializer.SerializeToNode(answer, Web)!;

    /// <summary>An argument that names a job or batch.</summary>
    /// <param name="what">What it names.</param>
    protected static Argument<string> Id(string what) => new("ID") { Description = $"The {what}'s id.", Arity = ArgumentArity.ExactlyOne };
}
