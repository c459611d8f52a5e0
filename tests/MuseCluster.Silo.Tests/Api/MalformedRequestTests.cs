using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using MuseCluster.Tests.Shared;

namespace MuseCluster.Silo.Tests.Api;

public sealed class MalformedRequestTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private const long Bounded = 300L << 20;

    [Fact]
    public async Task Each_malformed_request_is_told_what_is_wrong_and_nothing_is_accepted()
    {
        var job = await GatewayFixture.SubmitAsync(gateway.Http, 1);
        await GatewayFixture.WaitAsync(gateway.Http, job, j => (string)j["status"]! == "done");
        var requests = MalformedRequests.All(job).ToList();
        Assert.True(requests.Count >= 2000, $"{requests.Count} requests");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var wrong = new List<string>();
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (request, cancellation) =>
        {
            if (await ComplaintAsync(request, cancellation) is { } complaint)
                lock (wrong)
                    wrong.Add(complaint);
        });
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {requests.Count}:\n{string.Join('\n', wrong.Order(StringComparer.Ordinal).Take(40))}");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Bounded);
        Assert.Single((await GatewayFixture.JsonAsync(await gateway.Http.GetAsync("jobs?limit=1000")))["data"]!.AsArray());
    }

    private async Task<string?> ComplaintAsync(MalformedRequest request, CancellationToken cancellation)
    {
        using var message = request.Message();
        using var response = await gateway.Http.SendAsync(message, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if ((int)response.StatusCode is < 400 or >= 500)
            return $"{(int)response.StatusCode} to {request}: {text[..Math.Min(text.Length, 200)]}";
        if (request.Param is null)
            return null;
        try
        {
            var error = JsonNode.Parse(text)!["error"]!;
            var param = (string?)error["param"];
            return ((string)error["message"]!).Length > 10 && (string?)error["code"] is { Length: > 0 } && param == request.Param ? null : $"param {param} to {request}: {text}";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            return $"no error object to {request}: {text}";
        }
    }
}
