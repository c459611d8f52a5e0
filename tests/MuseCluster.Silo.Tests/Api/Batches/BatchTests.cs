using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pictures;
using MuseCluster.Tests.Shared;

namespace MuseCluster.Silo.Tests.Api.Batches;

public sealed class BatchTests(GatewayFixture silo) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task Every_line_of_a_batch_is_answered_once_in_order()
    {
        using var http = await silo.ClientOfAsync("answers");
        var input = BatchText.Of(18) + BatchText.Line("three", BatchText.Body(n: 3)) + "\n" + BatchText.Line("inline", BatchText.Body(format: "b64_json")) + "\n\n";
        var batch = await BatchCalls.SubmitAsync(http, await BatchCalls.UploadAsync(http, input));
        Assert.Equal(("batch", "validating", "/v1/images/generations", "24h", "x"), ((string)batch["object"]!, (string)batch["status"]!, (string)batch["endpoint"]!, (string)batch["completion_window"]!, (string)batch["metadata"]!["note"]!));
        Assert.Equal((long)batch["created_at"]! + 86_400, (long)batch["expires_at"]!);
        var done = await BatchCalls.WaitAsync(http, batch, "completed", "failed");
        Assert.Equal("""{"total":20,"completed":20,"failed":0}""", done["request_counts"]!.ToJsonString());
        Assert.True((long)done["completed_at"]! >= (long)done["finalizing_at"]! && (long)done["finalizing_at"]! >= (long)done["in_progress_at"]!);
        Assert.Null(done["error_file_id"]);
        Assert.Null(done["errors"]);
        var lines = await BatchCalls.LinesAsync(http, done["output_file_id"]);
        Assert.Equal([.. Enumerable.Range(0, 18).Select(i => $"line-{i}"), "three", "inline"], lines.Select(line => (string)line["custom_id"]!));
        Assert.All(lines, line => Assert.Equal((200, null), ((int)line["response"]!["status_code"]!, (string?)line["error"])));
        Assert.Equal(20, lines.Select(line => (string)line["id"]!).Distinct().Count());
        var pictures = lines.Select(line => line["response"]!["body"]!["data"]!.AsArray()).ToList();
        Assert.Equal([.. Enumerable.Repeat(1, 18), 3, 1], pictures.Select(p => p.Count));
        // Without a seed each line has one of its own.
        Assert.Equal(20, pictures.Select(p => (ulong)p[0]!["seed"]!).Distinct().Count());
        using var anybody = new HttpClient();
        byte[][] files = [await anybody.GetByteArrayAsync((string)pictures[0][0]!["url"]!), Convert.FromBase64String((string)pictures[19][0]!["b64_json"]!)];
        foreach (var picture in files.Select(file => Png.Decode(file).Picture))
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{picture.Width}x{picture.Height}"), (string)lines[0]["response"]!["body"]!["size"]!);
        var output = await BatchCalls.ReadAsync(await http.GetAsync($"/v1/files/{done["output_file_id"]}"));
        Assert.Equal(("batch_output", $"{batch["id"]}_output.jsonl"), ((string)output["purpose"]!, (string)output["filename"]!));
        Assert.Equal(22, (int)(await BatchCalls.ReadAsync(await http.GetAsync($"/v1/jobs/{done["job"]}")))["counts"]!["done"]!);
        Assert.Equal("batch", (string)(await BatchCalls.ReadAsync(await http.GetAsync($"/v1/jobs/{done["job"]}")))["class"]!);
    }

    [Fact]
    public async Task A_batch_with_wrong_lines_fails_whole_and_each_is_named()
    {
        using var http = await silo.ClientOfAsync("wrong");
        string[] lines =
        [
            BatchText.Line("good"),
            "{no JSON",
            BatchText.Line("model", new { model = "nothing", prompt = "x" }),
            BatchText.Line("good"),
            BatchText.Line("url", url: "/v1/chat/completions"),
            BatchText.Line("method", method: "GET"),
            BatchText.Line("steps", new { prompt = "x", steps = 0 }),
            "",
            """{"custom_id": "x", "method": "POST", "url": "/v1/images/generations"}""",
            BatchText.Line(new string('x', 513)),
            BatchText.Line("stream", new { prompt = "x", stream = true }),
        ];
        var batch = await BatchCalls.SubmitAsync(http, await BatchCalls.UploadAsync(http, string.Join("\r\n", lines)));
        var failed = await BatchCalls.WaitAsync(http, batch, "completed", "failed");
        Assert.Equal("failed", (string)failed["status"]!);
        Assert.NotNull(failed["failed_at"]);
        Assert.Null(failed["job"]);
        Assert.Equal(
            [
                ("invalid_json_line", null, 2), ("model_not_found", "body.model", 3), ("duplicate_custom_id", "custom_id", 4), ("invalid_url", "url", 5), ("invalid_method", "method", 6),
                ("invalid_value", "body.steps", 7), ("invalid_json_line", null, 8), ("missing_required_parameter", "body", 9), ("invalid_value", "custom_id", 10), ("invalid_value", "body.stream", 11),
            ],
            failed["errors"]!["data"]!.AsArray().Select(e => ((string)e!["code"]!, (string?)e["param"], (int)e["line"]!)));
        Assert.Empty((await BatchCalls.ReadAsync(await http.GetAsync("/v1/jobs")))["data"]!.AsArray());
    }

    [Fact]
    public async Task An_empty_file_is_no_batch()
    {
        using var http = await silo.ClientOfAsync("empty");
        var failed = await BatchCalls.WaitAsync(http, await BatchCalls.SubmitAsync(http, await BatchCalls.UploadAsync(http, "\n \r\n")), "completed", "failed");
        Assert.Equal("empty_file", (string)Assert.Single(failed["errors"]!["data"]!.AsArray())!["code"]!);
    }

    [Fact]
    public async Task A_cancelled_batch_tells_what_was_made_and_what_was_not()
    {
        using var http = await silo.ClientOfAsync("cancels", new TenantLimits { MaxRunning = 1 });
        var input = await BatchCalls.UploadAsync(http, BatchText.Of(40, steps: 4));
        var batch = await BatchCalls.SubmitAsync(http, input);
        JsonNode now;
        do
            now = await BatchCalls.WaitAsync(http, batch, "in_progress");
        while ((int)now["request_counts"]!["completed"]! == 0);
        Assert.Equal(40, (int)now["request_counts"]!["total"]!);
        Assert.Equal("wrong_state", (string)(await BatchCalls.ErrorAsync(await http.DeleteAsync($"/v1/files/{input}"), 409))["code"]!);
        Assert.Equal("cancelling", (string)(await BatchCalls.ReadAsync(await http.PostAsync($"/v1/batches/{batch["id"]}/cancel", null)))["status"]!);
        var cancelled = await BatchCalls.WaitAsync(http, batch, "cancelled");
        var (made, not) = (await BatchCalls.LinesAsync(http, cancelled["output_file_id"]), await BatchCalls.LinesAsync(http, cancelled["error_file_id"]));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"line-{i}").Order(), made.Concat(not).Select(line => (string)line["custom_id"]!).Order());
        Assert.Equal((40, made.Count, not.Count), ((int)cancelled["request_counts"]!["total"]!, (int)cancelled["request_counts"]!["completed"]!, (int)cancelled["request_counts"]!["failed"]!));
        Assert.NotEmpty(made);
        Assert.All(not, line => Assert.Equal(("batch_cancelled", null), ((string)line["error"]!["code"]!, line["response"])));
        Assert.Equal("wrong_state", (string)(await BatchCalls.ErrorAsync(await http.PostAsync($"/v1/batches/{batch["id"]}/cancel", null), 409))["code"]!);
        Assert.True((bool)(await BatchCalls.ReadAsync(await http.DeleteAsync($"/v1/files/{input}")))["deleted"]!);
    }

    [Fact]
    public async Task Another_tenants_file_and_batch_are_not_there()
    {
        using var ada = await silo.ClientOfAsync("ada");
        using var bob = await silo.ClientOfAsync("bob");
        var input = await BatchCalls.UploadAsync(ada, BatchText.Of(1));
        var batch = await BatchCalls.SubmitAsync(ada, input);
        await BatchCalls.ErrorAsync(await bob.GetAsync($"/v1/batches/{batch["id"]}"), 404);
        await BatchCalls.ErrorAsync(await bob.PostAsync($"/v1/batches/{batch["id"]}/cancel", null), 404);
        var error = await BatchCalls.ErrorAsync(await PostAsync(bob, new { input_file_id = input, endpoint = "/v1/images/generations", completion_window = "24h" }), 404);
        Assert.Equal(("not_found", "input_file_id"), ((string)error["code"]!, (string)error["param"]!));
        Assert.Empty((await BatchCalls.ReadAsync(await bob.GetAsync("/v1/batches")))["data"]!.AsArray());
        var done = await BatchCalls.WaitAsync(ada, batch, "completed");
        await BatchCalls.ErrorAsync(await bob.GetAsync($"/v1/files/{done["output_file_id"]}/content"), 404);
    }

    [Theory]
    [InlineData("""{"endpoint": "/v1/images/generations", "completion_window": "24h"}""", "input_file_id")]
    [InlineData("""{"input_file_id": "ID", "completion_window": "24h"}""", "endpoint")]
    [InlineData("""{"input_file_id": "ID", "endpoint": "/v1/embeddings", "completion_window": "24h"}""", "endpoint")]
    [InlineData("""{"input_file_id": "ID", "endpoint": "/v1/images/generations"}""", "completion_window")]
    [InlineData("""{"input_file_id": "ID", "endpoint": "/v1/images/generations", "completion_window": "721h"}""", "completion_window")]
    [InlineData("""{"input_file_id": "ID", "endpoint": "/v1/images/generations", "completion_window": "0m"}""", "completion_window")]
    [InlineData("""{"input_file_id": "ID", "endpoint": "/v1/images/generations", "completion_window": "24h", "metadata": {"a": 1}}""", "metadata.a")]
    [InlineData("""{"input_file_id": "ID", "endpoint": "/v1/images/generations", "completion_window": "24h", "priority": 1}""", "priority")]
    public async Task Fields_that_are_wrong_are_named(string body, string param)
    {
        using var http = await silo.ClientOfAsync("fields");
        body = body.Replace("ID", await BatchCalls.UploadAsync(http, "x"), StringComparison.Ordinal);
        Assert.Equal(param, (string)(await BatchCalls.ErrorAsync(await http.PostAsync("/v1/batches", new StringContent(body, Encoding.UTF8, "application/json")), 400))["param"]!);
    }

    [Fact]
    public async Task The_same_key_gives_the_same_batch_and_for_another_body_a_conflict()
    {
        using var http = await silo.ClientOfAsync("keys");
        var input = await BatchCalls.UploadAsync(http, "no batch");
        var first = await BatchCalls.SubmitAsync(http, input, idempotency: "k");
        var again = await BatchCalls.SubmitAsync(http, input, idempotency: "k");
        Assert.Equal((string)first["id"]!, (string)again["id"]!);
        using var other = new HttpRequestMessage(HttpMethod.Post, "/v1/batches") { Content = JsonContent.Create(new { input_file_id = input, endpoint = "/v1/images/generations", completion_window = "1h" }) };
        other.Headers.Add("Idempotency-Key", "k");
        Assert.Equal("idempotency_key_reused", (string)(await BatchCalls.ErrorAsync(await http.SendAsync(other), 409))["code"]!);
        var second = await BatchCalls.SubmitAsync(http, input);
        foreach (var batch in new[] { first, second })
            await BatchCalls.WaitAsync(http, batch, "failed");
        await BatchCalls.ReadAsync(await http.DeleteAsync($"/v1/files/{input}"));
        Assert.Equal("failed", (string)(await BatchCalls.SubmitAsync(http, input, idempotency: "k"))["status"]!);
        var list = await BatchCalls.ReadAsync(await http.GetAsync("/v1/batches?limit=1"));
        Assert.Equal(((string)second["id"]!, true), ((string)Assert.Single(list["data"]!.AsArray())!["id"]!, (bool)list["has_more"]!));
        list = await BatchCalls.ReadAsync(await http.GetAsync($"/v1/batches?after={second["id"]}"));
        Assert.Equal(((string)first["id"]!, false), ((string)Assert.Single(list["data"]!.AsArray())!["id"]!, (bool)list["has_more"]!));
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient http, object body) => http.PostAsync("/v1/batches", JsonContent.Create(body));
}
