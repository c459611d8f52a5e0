using System.Text.Json;

namespace MuseCluster.Silo.Tests.Api.Batches;

/// <summary>Inputs of batches.</summary>
internal static class BatchText
{
    public static string Line(string id, object? body = null, string method = "POST", string url = "/v1/images/generations") =>
        JsonSerializer.Serialize(new { custom_id = id, method, url, body = body ?? Body() });

    public static object Body(int? n = null, string? format = null, int steps = 2, string prompt = "a red circle") =>
        new { model = "shapes", prompt, n, response_format = format, steps, sr_steps = 1, guidance = 0 };

    public static string Of(int lines, int steps = 2) => string.Concat(Enumerable.Range(0, lines).Select(i => Line($"line-{i}", Body(steps: steps)) + "\n"));
}
