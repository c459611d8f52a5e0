using System.CommandLine;
using System.Globalization;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>What commands do with a batch that has ended, or not yet.</summary>
internal static class BatchOutcome
{
    private const int MostErrors = 10;

    /// <summary>A flag that names the file for a batch's output.</summary>
    /// <param name="description">One sentence.</param>
    public static Option<string?> Out(string description) => Flag.Path("--out", description);

    /// <summary>Checks that there is a folder for a file, before a batch is waited for.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="flag">The flag that named it.</param>
    /// <exception cref="UsageException">There is none.</exception>
    public static void CheckFolder(string? path, string flag)
    {
        if (path is not null)
            PictureFiles.Names(path, 1, flag);
    }

    /// <summary>A batch in a line.</summary>
    /// <param name="batch">The batch.</param>
    public static string Line(Batch batch) => string.Create(
        CultureInfo.InvariantCulture, $"{batch.Id}  {batch.Status.Replace('_', ' ')}  {batch.RequestCounts.Completed} done, {batch.RequestCounts.Failed} failed of {batch.RequestCounts.Total}");

    /// <summary>Writes a file of a batch.</summary>
    /// <param name="client">The server.</param>
    /// <param name="file">The file's id.</param>
    /// <param name="path">Where to.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>How many bytes were written.</returns>
    public static async Task<long> FetchAsync(MuseClient client, string file, string path, CancellationToken cancellation)
    {
        var content = await client.Files.OpenAsync(file, cancellation).ConfigureAwait(false);
        await using var disposing = content.ConfigureAwait(false);
        return await WholeFile.WriteAsync(path, content, cancellation).ConfigureAwait(false);
    }

    /// <summary>Fails a command whose batch did not do all it was to do.</summary>
    /// <param name="batch">A batch that has ended.</param>
    /// <exception cref="InvalidOperationException">Lines failed, or the whole.</exception>
    public static void Require(Batch batch)
    {
        var errors = batch.Errors?.Data ?? [];
        if (batch.Status != "completed")
            throw new InvalidOperationException($"{batch.Id} {(batch.Status == "cancelled" ? "was cancelled" : batch.Status)}{(errors.Count > 0 ? ": " + string.Join("; ", errors.Take(MostErrors).Select(Text)) : "")}{(errors.Count > MostErrors ? $"; and {errors.Count - MostErrors} more" : "")}");
        if (batch.RequestCounts.Failed > 0)
            throw new InvalidOperationException($"{batch.RequestCounts.Failed} of {batch.RequestCounts.Total} lines of {batch.Id} failed; see why with: muse batch results {batch.Id} --errors FILE");
    }

    private static string Text(BatchError error) =>
        string.Create(CultureInfo.InvariantCulture, $"{(error.Line is { } line ? $"line {line}: " : "")}{error.Message ?? error.Code}");
}
