using System.Text.Json.Nodes;
using MuseCluster.Tests.Shared;

namespace MuseCluster.Silo.Tests.Api;

public sealed class OpenApiTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task The_description_has_every_documented_route_with_a_summary_and_its_answer()
    {
        var description = JsonNode.Parse(await gateway.Http.GetStringAsync("/openapi/v1.json"))!;
        var paths = description["paths"]!.AsObject();
        var documented = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "api.md"));
        foreach (var (path, operations) in paths.Where(p => p.Key.StartsWith("/v1/", StringComparison.Ordinal)))
            foreach (var (method, operation) in operations!.AsObject())
            {
                Assert.True((string?)operation!["summary"] is { Length: > 4 }, $"{method} {path} has no summary");
                Assert.True(operation["responses"]!.AsObject().Count > 0, $"{method} {path} has no answer");
                Assert.True(documented.Contains(path.Split('/')[2], StringComparison.Ordinal), $"{path} is not in docs/api.md");
            }
        string[] expected =
        [
            "post /v1/images/generations", "post /v1/images/edits", "get /v1/models", "get /v1/models/{id}", "post /v1/jobs", "get /v1/jobs", "get /v1/jobs/{id}", "post /v1/jobs/{id}/cancel", "post /v1/jobs/{id}/pause",
            "post /v1/jobs/{id}/resume", "post /v1/jobs/{id}/retry", "get /v1/jobs/{id}/items", "get /v1/jobs/{id}/items/{index}", "get /v1/jobs/{id}/events", "get /v1/silos", "get /v1/usage",
        ];
        Assert.Empty(expected.Except(paths.SelectMany(p => p.Value!.AsObject().Select(o => $"{o.Key} {p.Key}"))));
        var body = description["components"]!["schemas"]!["ImageBody"]!;
        Assert.Equal(["prompt"], body["required"]!.AsArray().Select(r => (string)r!));
        Assert.Contains("negative_prompt", body["properties"]!.AsObject().Select(p => p.Key));
    }
}
