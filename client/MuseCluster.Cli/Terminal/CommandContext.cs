using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MuseCluster.Cli.Terminal;

/// <summary>Where a command's output goes, and what stops it.</summary>
/// <param name="Json">Whether stdout is for a program: one JSON document and nothing else.</param>
/// <param name="Output">Stdout.</param>
/// <param name="OutputTerminal">What stdout can show.</param>
/// <param name="Error">Stderr.</param>
/// <param name="ErrorTerminal">What stderr can show.</param>
/// <param name="Cancellation">Cancelled by Ctrl-C.</param>
internal sealed record CommandContext(
    bool Json, TextWriter Output, TerminalKind OutputTerminal, TextWriter Error, TerminalKind ErrorTerminal, CancellationToken Cancellation)
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The process's own streams.</summary>
    /// <param name="json">Whether stdout is for a program.</param>
    /// <param name="cancellation">Cancelled by Ctrl-C.</param>
    public static CommandContext Create(bool json, CancellationToken cancellation) => new(
        json,
        Console.Out, TerminalKind.Detect(Console.IsOutputRedirected, Environment.GetEnvironmentVariable),
        Console.Error, TerminalKind.Detect(Console.IsErrorRedirected, Environment.GetEnvironmentVariable),
        cancellation);

    /// <summary>Writes the result for a program.</summary>
    /// <param name="result">The document.</param>
    public void WriteJson(JsonNode result) => Output.WriteLine(result.ToJsonString(Indented));

    /// <summary>
    /// Starts to show progress on stderr: live on a terminal, a line now and then elsewhere, nothing where stderr is
    /// no terminal and a program reads stdout.
    /// </summary>
    public ProgressDisplay StartProgress() => new(
        Error, ErrorTerminal.IsTerminal ? ProgressStyle.Live : Json ? ProgressStyle.None : ProgressStyle.Lines, ErrorTerminal, TimeProvider.System);
}
