using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MuseCluster.Bench.Reporting;

/// <summary>A report as JSON: every number of the tables, in seconds, bytes and operations.</summary>
public static class ReportJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        IncludeFields = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Writes the document.</summary>
    /// <param name="report">The report.</param>
    /// <returns>An object.</returns>
    public static JsonObject ToJson(this BenchReport report) => new()
    {
        ["machine"] = Node(report.Machine),
        ["model"] = report.Model,
        ["operators"] = Node(report.Operators),
        ["ceiling"] = Node(report.Ceiling),
        ["work"] = Node(report.Work),
        ["pictures"] = new JsonArray([.. report.Pictures.Select(p => With(p, ("shareOfCeiling", report.ShareOfCeiling(p))))]),
        ["phases"] = new JsonArray([.. report.Phases.Select(p => With(
            p.Phases, ("together", p.Together),
            ("baseTokensPerSecond", p.Together * report.BaseTokens / p.Phases.Base),
            ("superresTokensPerSecond", report.SuperresTokens == 0 ? 0 : p.Together * report.SuperresTokens / p.Phases.Superres)))]),
        ["passes"] = new JsonArray([.. report.Passes.Select(p => With(p.Profile, ("network", p.Network)))]),
        ["loadSeconds"] = report.LoadSeconds,
        ["prepareSeconds"] = report.PrepareSeconds,
        ["peakBytesLoaded"] = report.PeakLoaded,
        ["peakBytesGenerated"] = report.PeakGenerated,
        ["decodings"] = Node(report.Decodings),
        ["decodingsVerdict"] = ReportTables.Verdict(report.Decodings),
    };

    private static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, Options);

    private static JsonNode With<T>(T value, params (string Name, object Value)[] more)
    {
        var node = (JsonObject)Node(value)!;
        foreach (var (name, extra) in more)
            node[name] = Node(extra);
        return node;
    }
}
