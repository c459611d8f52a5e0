using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace MuseCluster.Client.Http;

/// <summary>A part of a list.</summary>
/// <typeparam name="T">What it lists.</typeparam>
/// <param name="Data">The part.</param>
/// <param name="HasMore">Whether others follow it.</param>
internal sealed record Page<T>(IReadOnlyList<T> Data, bool HasMore)
{
    /// <summary>Lists all, page after page; the next is asked for once the last has been read.</summary>
    /// <param name="http">Makes the calls.</param>
    /// <param name="path">The list's path, without a query.</param>
    /// <param name="size">How many to ask for at once; null for as many as the server thinks fit.</param>
    /// <param name="after">After which to begin; null for the first.</param>
    /// <param name="cursor">What comes after a thing is asked for by this.</param>
    /// <param name="type">How a page is read.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async IAsyncEnumerable<T> ListAsync(
        MuseHttp http, string path, int? size, string? after, Func<T, string> cursor, JsonTypeInfo<Page<T>> type, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            string?[] query = [size is { } limit ? string.Create(CultureInfo.InvariantCulture, $"limit={limit}") : null, after is null ? null : $"after={Uri.EscapeDataString(after)}"];
            var given = string.Join('&', query.OfType<string>());
            var page = await http.GetAsync(given.Length > 0 ? $"{path}?{given}" : path, type, cancellation).ConfigureAwait(false);
            foreach (var one in page.Data)
                yield return one;
            if (!page.HasMore || page.Data.Count == 0)
                yield break;
            after = cursor(page.Data[^1]);
        }
    }
}
