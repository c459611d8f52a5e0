using System.CommandLine;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Shows how far a batch is until it has ended.</summary>
internal sealed class BatchWatchCommand : ServerCommand
{
    private readonly Argument<string> _id = Id("batch");

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it; the batch goes on.</param>
    public BatchWatchCommand(Interruption interruption)
        : base(interruption, "watch", "Show how far a batch is until it has ended. A server that is away meanwhile is waited for.", "muse batch watch batch_0123") => Add(_id);

    /// <inheritdoc/>
    protected override async Task RunAsync(MuseClient client, ParseResult parse, CommandContext context)
    {
        Batch batch;
        using (var display = context.StartProgress())
            batch = await new BatchWatch(client, display, TimeProvider.System).WaitAsync(parse.GetRequiredValue(_id), context.Cancellation).ConfigureAwait(false);
        if (context.Json)
            context.WriteJson(Json(batch));
        else
            await context.Output.WriteLineAsync(BatchOutcome.Line(batch)).ConfigureAwait(false);
        BatchOutcome.Require(batch);
    }
}
