using System.Globalization;
using System.Text.Json;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Access;
using MuseCluster.Silo.Api.Artifacts;
using MuseCluster.Silo.Api.Errors;
using MuseCluster.Silo.Api.Files;
using MuseCluster.Silo.Api.Requests;
using Microsoft.AspNetCore.Http;

namespace MuseCluster.Silo.Api.Batches;

/// <summary>Reads the body of a batch.</summary>
internal static class BatchRequest
{
    /// <summary>The route that lines may ask.</summary>
    public const string Endpoint = "/v1/images/generations";

    private const string Windows = "24h, or 1m to 720h";
    private const int MostNotes = 16, LongestKey = 64, LongestNote = 512;
    private static readonly TimeSpan LongestWindow = TimeSpan.FromHours(720);

    /// <summary>Reads a batch.</summary>
    /// <param name="fields">The body.</param>
    /// <param name="http">The request.</param>
    /// <param name="gateway">Has the files.</param>
    /// <param name="id">The batch's id.</param>
    /// <param name="known">An input that needs not be there any more; null for none.</param>
    /// <exception cref="ApiException">A field is wrong.</exception>
    public static async Task<BatchRecord> ReadAsync(JsonFields fields, HttpContext http, Gateway gateway, Guid id, Guid? known)
    {
        var input = fields.Needed("input_file_id", 1000);
        var endpoint = fields.Choice("endpoint", Endpoint) ?? throw fields.Missing("endpoint");
        var window = fields.Needed("completion_window", 1000);
        var span = Span(window) ?? throw fields.Wrong("completion_window", $"is '{(window.Length > 20 ? window[..20] + "..." : window)}', expected {Windows}");
        var metadata = Metadata(fields);
        fields.End();
        if (!FileId.TryParse(input, out var file) || file != known)
        {
            var found = await FileEndpoints.FindAsync(http, gateway, input, "input_file_id").ConfigureAwait(false);
            file = found.Purpose == FileEndpoints.Input ? found.Id : throw fields.Wrong("input_file_id", $"names a file of purpose {found.Purpose}, expected {FileEndpoints.Input}");
        }
        var now = gateway.Time.GetUtcNow();
        return new BatchRecord
        {
            Id = id,
            Tenant = http.Tenant().Name,
            Input = file,
            Endpoint = endpoint,
            Window = window,
            Origin = SignedUrls.Origin(http),
            Metadata = metadata,
            Created = now,
            Expires = now + span,
        };
    }

    private static TimeSpan? Span(string window)
    {
        if (window.Length is < 2 or > 6 || !int.TryParse(window.AsSpan(0, window.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
            return null;
        TimeSpan? span = window[^1] switch { 'm' => TimeSpan.FromMinutes(count), 'h' => TimeSpan.FromHours(count), _ => null };
        return span <= LongestWindow ? span : null;
    }

    private static Dictionary<string, string> Metadata(JsonFields fields)
    {
        var notes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (fields.Find("metadata") is not { } metadata)
            return notes;
        var read = new JsonFields(metadata, "metadata.");
        foreach (var name in metadata.EnumerateObject().Select(note => note.Name))
            notes[name.Length is > 0 and <= LongestKey && !name.Contains('\0', StringComparison.Ordinal)
                ? name : throw fields.Wrong("metadata", $"has a key of {name.Length} characters, expected 1 to {LongestKey}")] = read.Needed(name, LongestNote);
        return notes.Count <= MostNotes ? notes : throw fields.Wrong("metadata", $"has {notes.Count} keys, expected at most {MostNotes}");
    }
}
