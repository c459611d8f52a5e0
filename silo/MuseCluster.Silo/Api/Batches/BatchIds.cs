using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MuseCluster.Silo.Api.Requests;

namespace MuseCluster.Silo.Api.Batches;

/// <summary>
/// How batches' ids are written, and what follows from them: whatever is tried once more after a crash has the same ids and
/// the same seeds, and so is not made twice.
/// </summary>
internal static class BatchIds
{
    private const string Prefix = "batch_";

    /// <summary>An id as the API writes it.</summary>
    /// <param name="id">The id.</param>
    public static string Text(Guid id) => $"{Prefix}{id:N}";

    /// <summary>Reads an id.</summary>
    /// <param name="text">The text.</param>
    /// <param name="id">The id.</param>
    /// <returns>False where it is none.</returns>
    public static bool TryParse(string text, out Guid id)
    {
        id = default;
        return text.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParseExact(text.AsSpan(Prefix.Length), "N", out id);
    }

    /// <summary>The batch's job.</summary>
    /// <param name="batch">The batch.</param>
    public static Guid Job(Guid batch) => Of(batch, "job");

    /// <summary>The file of its answers.</summary>
    /// <param name="batch">The batch.</param>
    public static Guid Output(Guid batch) => Of(batch, "output");

    /// <summary>The file of what went wrong.</summary>
    /// <param name="batch">The batch.</param>
    public static Guid Error(Guid batch) => Of(batch, "error");

    /// <summary>What a line of it is called.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="line">The line, from 1.</param>
    public static Guid Line(Guid batch, int line) => Of(batch, Name(line));

    /// <summary>The seed of a line that has none.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="line">The line, from 1.</param>
    public static ulong Seed(Guid batch, int line) => IdempotencyKey.Seed(Of(batch, "seed" + Name(line)));

    private static string Name(int line) => line.ToString(CultureInfo.InvariantCulture);

    private static Guid Of(Guid batch, string what) => new(SHA256.HashData(Encoding.ASCII.GetBytes($"{batch:N}\n{what}")).AsSpan(0, 16));
}
