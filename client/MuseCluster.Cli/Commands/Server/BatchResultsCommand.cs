using System.CommandLine;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Fetches what a batch has made.</summary>
internal sealed class BatchResultsCommand : ServerCommand
{
    private readonly Argument<string> _id = Id("batch");
    private readonly Option<string?> _out = BatchOutcome.Out("Where the answers go, as JSONL.");
    private readonly Option<string?> _errors = Flag.Path("--errors", "Where the lines that failed go, as JSONL.");

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public BatchResultsCommand(Interruption interruption)
        : base(
            interruption, "results", "Write the answers of a batch to a file, the lines that failed to another.",
            "muse batch results batch_0123 --out results.jsonl",
            "muse batch results batch_0123 --errors errors.jsonl")
    {
        Add(_id);
        Add(_out);
        Add(_errors);
    }

    /// <inheritdoc/>
    protected override void Check(ParseResult parse)
    {
        if (parse.GetValue(_out) is null && parse.GetValue(_errors) is null)
            throw new UsageException(_out.Name, $"is missing; expected {_out.Name} FILE for the answers, {_errors.Name} FILE for what failed, or both");
        BatchOutcome.CheckFolder(parse.GetValue(_out), _out.Name);
        BatchOutcome.CheckFolder(parse.GetValue(_errors), _errors.Name);
    }

    /// <inheritdoc/>
    protected override async Task RunAsync(MuseClient client, ParseResult parse, CommandContext context)
    {
        var batch = await client.Batches.GetAsync(parse.GetRequiredValue(_id), context.Cancellation).ConfigureAwait(false);
        if (!batch.HasEnded)
            throw new InvalidOperationException($"{BatchOutcome.Line(batch)}; its results are there once it has ended, wait with: muse batch watch {batch.Id}");
        var written = new JsonArray();
        foreach (var (file, path, what) in new[] { (batch.OutputFileId, parse.GetValue(_out), "answers"), (batch.ErrorFileId, parse.GetValue(_errors), "lines that failed") })
        {
            if (path is null)
                continue;
            if (file is null)
                throw new InvalidOperationException($"{BatchOutcome.Line(batch)}; it has no {what}");
            var bytes = await BatchOutcome.FetchAsync(client, file, path, context.Cancellation).ConfigureAwait(false);
            written.Add(new JsonObject { ["file"] = Path.GetFullPath(path), ["bytes"] = bytes });
            if (!context.Json)
                await context.Output.WriteLineAsync($"{path}  {bytes} bytes").ConfigureAwait(false);
        }
        if (context.Json)
            context.WriteJson(new JsonObject { ["batch"] = Json(batch), ["written"] = written });
    }
}
