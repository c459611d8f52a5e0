using System.Text.Json.Nodes;
using MuseCluster.Client.Tests;
using Microsoft.AspNetCore.Http;

namespace MuseCluster.Cli.Tests.Commands;

/// <summary>The commands of batches against a real HTTP server that plays what a gateway would say.</summary>
public sealed class BatchTests : IAsyncLifetime
{
    private const string Lines = "{\"custom_id\":\"a\"}\n{\"custom_id\":\"b\"}\n";
    private readonly TempFolder _folder = new();
    private ScriptedServer _server = null!;

    public async Task InitializeAsync() => _server = await ScriptedServer.StartAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void ABatchIsSubmittedWaitedForThroughFailuresAndItsOutputWritten()
    {
        Script("ok")
            .Then(200, """{"id":"file-1","object":"file","bytes":36,"created_at":1,"filename":"in.jsonl","purpose":"batch","status":"processed"}""")
            .Then(503, "starting", ("Retry-After", "0")).Then(200, Batch("validating", 0, 0))
            .Then(200, Batch("in_progress", 1, 0)).ThenBreak().Then(200, Batch("completed", 2, 0, output: "file-2"))
            .Then(200, "line 1\nline 2\n");

        var result = Run("submit", _folder.Write("in.jsonl", Lines), "--window", "72h", "--out", _folder["out.jsonl"]);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal($"batch_1\nbatch_1  completed  2 done, 0 failed of 2; output is in {_folder["out.jsonl"]}\n", result.Output);
        Assert.Equal("line 1\nline 2\n", File.ReadAllText(_folder["out.jsonl"]));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);

        var requests = _server.Requests;
        Assert.Equal(
            ["GET /health", "POST /v1/files", "POST /v1/batches", "POST /v1/batches", "GET /v1/batches/batch_1", "GET /v1/batches/batch_1", "GET /v1/batches/batch_1", "GET /v1/files/file-2/content"],
            requests.Select(r => $"{r.Method} {r.Path}"));
        Assert.Contains(Lines, requests[1].Body, StringComparison.Ordinal);
        Assert.Equal(requests[2]["Idempotency-Key"], requests[3]["Idempotency-Key"]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"input_file_id":"file-1","endpoint":"/v1/images/generations","completion_window":"72h"}"""), JsonNode.Parse(requests[3].Body)));
        Assert.All(requests.Skip(1), r => Assert.Equal("Bearer mk-1", r["Authorization"]));
    }

    [Fact]
    public void ABatchThatFailsSaysWhichLinesAreWrong()
    {
        Script("ok").Then(200, Batch("failed", 0, 0).Replace("\"errors\":null", "\"errors\":{\"object\":\"list\",\"data\":[{\"code\":\"invalid_json\",\"message\":\"is no JSON\",\"param\":null,\"line\":3}]}", StringComparison.Ordinal));

        var result = Run("watch", "batch_1");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("muse batch watch: batch_1 failed: line 3: is no JSON", result.ErrorLines);
    }

    [Fact]
    public void LinesThatFailedAreCountedAndFetched()
    {
        Script("ok").Then(200, Batch("completed", 1, 1, output: "file-2", errors: "file-3"));
        var watch = Run("watch", "batch_1", "--json");
        Assert.Equal(1, watch.ExitCode);
        Assert.Equal(1, (int)JsonNode.Parse(watch.Output)!["requestCounts"]!["failed"]!);
        Assert.Contains("1 of 2 lines of batch_1 failed; see why with: muse batch results batch_1 --errors FILE", watch.Error, StringComparison.Ordinal);

        Script("ok").Then(200, Batch("completed", 1, 1, output: "file-2", errors: "file-3")).Then(200, "why\n");
        var results = Run("results", "batch_1", "--errors", _folder["errors.jsonl"]);
        Assert.True(results.ExitCode == 0, results.Error);
        Assert.Equal("why\n", File.ReadAllText(_folder["errors.jsonl"]));
    }

    [Fact]
    public void ResultsOfABatchThatGoesOnAreRefused_AndABrokenDownloadLeavesNoFile()
    {
        Script("ok").Then(200, Batch("in_progress", 1, 0));
        Assert.Contains("wait with: muse batch watch batch_1", Run("results", "batch_1", "--out", _folder["out.jsonl"]).Error, StringComparison.Ordinal);

        Script("ok").Then(200, Batch("completed", 2, 0, output: "file-2")).Then(async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.WriteAsync("half");
            await http.Response.Body.FlushAsync();
            http.Abort();
        });
        Assert.Equal(1, Run("results", "batch_1", "--out", _folder["out.jsonl"]).ExitCode);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void BatchesAreListedAndCancelled()
    {
        Script("ok").Then(200, $$"""{"object":"list","data":[{{Batch("in_progress", 1, 0)}},{{Batch("completed", 2, 0)}}],"has_more":true}""");
        Assert.Single(JsonNode.Parse(Run("list", "--limit", "1", "--json").Output)!["batches"]!.AsArray());
        Script("ok").Then(200, Batch("cancelling", 1, 0));
        Assert.Equal("batch_1  cancelling  1 done, 0 failed of 2\n", Run("cancel", "batch_1").Output);
    }

    [Fact]
    public void AKeyThatIsNotKnownSaysWhereItCameFrom()
    {
        Script("ok").Then(401, """{"error":{"message":"the key is not known.","type":"authentication_error","code":"invalid_api_key"}}""");
        var result = Run("list");
        Assert.Equal((1, "muse batch list: the key is not known. The key is taken from --key or MUSE_KEY.\n"), (result.ExitCode, result.Error));
    }

    private ScriptedServer Script(string health) => _server.Then(200, health);

    private MuseProcess.Result Run(params string[] arguments) => MuseProcess.Run(["batch", .. arguments, "--server", _server.Url.ToString(), "--key", "mk-1"]);

    private static string Batch(string status, int completed, int failed, string? output = null, string? errors = null) =>
        $$$"""{"id":"batch_1","object":"batch","endpoint":"/v1/images/generations","errors":null,"input_file_id":"file-1","completion_window":"72h","status":"{{{status}}}","output_file_id":{{{Id(output)}}},"error_file_id":{{{Id(errors)}}},"created_at":1700000000,"request_counts":{"total":2,"completed":{{{completed}}},"failed":{{{failed}}}},"metadata":null,"job":null}""";

    private static string Id(string? file) => file is null ? "null" : $"\"{file}\"";
}
