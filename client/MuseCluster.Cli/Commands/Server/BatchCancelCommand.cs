using System.CommandLine;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>Ends a batch.</summary>
internal sealed class BatchCancelCommand : ServerCommand
{
    private readonly Argument<string> _id = Id("batch");

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public BatchCancelCommand(Interruption interruption)
        : base(interruption, "cancel", "End a batch; what is done stays.", "muse batch cancel batch_0123") => Add(_id);

    /// <inheritdoc/>
    protected override async Task RunAsync(MuseClient client, ParseResult parse, CommandContext context)
    {
        var batch = await client.Batches.CancelAsync(parse.GetRequiredValue(_id), context.Cancellation).ConfigureAwait(false);
        if (context.Json)
            context.WriteJson(Json(batch));
        else
            await context.Output.WriteLineAsync(BatchOutcome.Line(batch)).ConfigureAwait(false);
    }
}
