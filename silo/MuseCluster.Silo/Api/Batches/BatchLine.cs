using System.Text.Json;
using MuseCluster.Silo.Api.Errors;
using MuseCluster.Silo.Api.Images;
using MuseCluster.Silo.Api.Requests;

namespace MuseCluster.Silo.Api.Batches;

/// <summary>What of a line its answer needs.</summary>
/// <param name="Number">Which, from 1.</param>
/// <param name="CustomId">What its tenant calls it.</param>
/// <param name="Pictures">How many pictures it asks for.</param>
/// <param name="AsUrl">Whether they are told as URLs.</param>
internal sealed record BatchLine(int Number, string CustomId, int Pictures, bool AsUrl)
{
    private const int LongestId = 512;

    /// <summary>Reads and checks a line.</summary>
    /// <param name="number">Which, from 1.</param>
    /// <param name="text">Its bytes.</param>
    /// <param name="gateway">Has the models.</param>
    /// <param name="seed">The seed where it has none.</param>
    /// <returns>The line and what it asks for.</returns>
    /// <exception cref="ApiException">It is wrong.</exception>
    public static (BatchLine Line, ImageRequest Request) Read(int number, ReadOnlyMemory<byte> text, Gateway gateway, ulong seed)
    {
        if (text.Length > BatchInput.LongestLine)
            throw ApiException.Invalid("body", $"is part of a line of more than {BatchInput.LongestLine} bytes, expected that at most", "invalid_json_line");
        using var json = Parse(text);
        var fields = new JsonFields(json.RootElement);
        var id = fields.Needed("custom_id", LongestId);
        if (id.Length == 0)
            throw fields.Wrong("custom_id", "is empty, expected a text of its own for each line");
        Check(fields, "method", "POST", "invalid_method");
        Check(fields, "url", BatchRequest.Endpoint, "invalid_url");
        var body = fields.Find("body") ?? throw fields.Missing("body");
        fields.End();
        var request = ImageRequest.Read(new JsonFields(body, "body."), gateway, seed, batch: true);
        return (new BatchLine(number, id, request.Requests.Count, request.AsUrl), request);
    }

    /// <summary>Reads a line that was checked before.</summary>
    /// <param name="number">Which, from 1.</param>
    /// <param name="text">Its bytes.</param>
    public static BatchLine Read(int number, ReadOnlyMemory<byte> text)
    {
        using var json = Parse(text);
        var fields = new JsonFields(json.RootElement);
        var body = new JsonFields(fields.Find("body") ?? throw fields.Missing("body"), "body.");
        return new BatchLine(
            number, fields.Needed("custom_id", LongestId), (int)(body.Whole("n", 1, ImageRequest.MostPictures) ?? 1), body.Choice("response_format", "b64_json", "url") != "b64_json");
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            return JsonBody.Parse(text);
        }
        catch (ApiException e)
        {
            throw new ApiException(e.Status, e.Type, "invalid_json_line", text.IsEmpty ? "the line is blank, expected a request" : $"the line{e.Message["body".Length..]}");
        }
    }

    private static void Check(JsonFields fields, string name, string expected, string code)
    {
        var found = fields.Needed(name, 1000);
        if (found != expected)
            throw ApiException.Invalid(name, $"is '{(found.Length > 60 ? found[..60] + "..." : found)}', expected {expected}", code);
    }
}
