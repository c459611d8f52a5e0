using System.CommandLine;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Gives a server a file of requests.</summary>
internal sealed class BatchSubmitCommand : ServerCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A JSONL file with a request a line, as OpenAI's batches have it.", Arity = ArgumentArity.ExactlyOne };
    private readonly Option<string?> _window = Flag.Parsed<string?>("--window", "TIME", "How long it may take. 24h where not given.", "1m to 720h, as minutes or hours", text =>
        text.Length is > 1 and < 6 && text[^1] is 'm' or 'h' && text[..^1].All(char.IsAsciiDigit) ? text : null);

    private readonly Option<bool> _wait = new("--wait") { Description = "Wait until it has ended." };
    private readonly Option<string?> _out = BatchOutcome.Out("Where its output goes; waits for it.");

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it; a batch that was made goes on.</param>
    public BatchSubmitCommand(Interruption interruption)
        : base(
            interruption, "submit", "Upload a JSONL file of requests and make a batch of it.",
            "muse batch submit requests.jsonl",
            "muse batch submit requests.jsonl --window 72h --wait --out results.jsonl")
    {
        Add(_file);
        foreach (var option in new Option[] { _window, _wait, _out })
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Check(ParseResult parse)
    {
        var path = parse.GetRequiredValue(_file);
        if (!File.Exists(path))
            throw new UsageException(_file.Name, $"'{path}' {(Directory.Exists(path) ? "is a folder" : "is not there")}; expected a JSONL file with a request a line");
        if (new FileInfo(path).Length == 0)
            throw new UsageException(_file.Name, $"'{path}' is empty; expected a JSONL file with a request a line");
        BatchOutcome.CheckFolder(parse.GetValue(_out), _out.Name);
    }

    /// <inheritdoc/>
    protected override async Task RunAsync(MuseClient client, ParseResult parse, CommandContext context)
    {
        Batch batch;
        using (var display = context.StartProgress())
        {
            display.Report(new ProgressState("uploading", 0, 0));
            batch = await SubmitAsync(client, parse.GetRequiredValue(_file), parse.GetValue(_window), context.Cancellation).ConfigureAwait(false);
        }
        var (waits, path) = (parse.GetValue(_wait) || parse.GetValue(_out) is not null, parse.GetValue(_out));
        if (!context.Json)
            await context.Output.WriteLineAsync(waits ? batch.Id : $"{batch.Id}  {batch.Status}; watch it with: muse batch watch {batch.Id}").ConfigureAwait(false);
        if (waits)
        {
            await context.Output.FlushAsync().ConfigureAwait(false);
            using var display = context.StartProgress();
            batch = await new BatchWatch(client, display, TimeProvider.System).WaitAsync(batch.Id, context.Cancellation).ConfigureAwait(false);
        }
        if (path is not null && batch.OutputFileId is { } output)
            await BatchOutcome.FetchAsync(client, output, path, context.Cancellation).ConfigureAwait(false);
        if (context.Json)
            context.WriteJson(Json(batch));
        else if (waits)
            await context.Output.WriteLineAsync(BatchOutcome.Line(batch) + (path is not null && batch.OutputFileId is not null ? $"; output is in {path}" : "")).ConfigureAwait(false);
        if (waits)
            BatchOutcome.Require(batch);
    }

    private static async Task<Batch> SubmitAsync(MuseClient client, string path, string? window, CancellationToken cancellation)
    {
        var content = File.OpenRead(path);
        await using var disposing = content.ConfigureAwait(false);
        var file = await client.Files.UploadAsync(content, Path.GetFileName(path), cancellation: cancellation).ConfigureAwait(false);
        var request = new BatchRequest(file.Id);
        return await client.Batches.CreateAsync(window is null ? request : request with { CompletionWindow = window }, cancellation: cancellation).ConfigureAwait(false);
    }
}
