using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace MuseCluster.Client.Tests;

public sealed class FileTests : ClientTest
{
    private const string AFile = """{"id":"file-1","object":"file","bytes":3,"created_at":1,"filename":"a.jsonl","purpose":"batch","status":"processed"}""";

    [Fact]
    public async Task AFileIsSentAsAForm_FromWhereItStands_AndStaysOpen()
    {
        Server.Then(200, AFile);
        using var content = new MemoryStream("skip{\"a\":1}\n"u8.ToArray());
        content.Position = 4;

        Assert.Equal("file-1", (await Client.Files.UploadAsync(content, "a b.jsonl")).Id);
        var request = Assert.Single(Server.Requests);
        Assert.Contains("name=\"purpose\"\r\n\r\nbatch\r\n", request.Body, StringComparison.Ordinal);
        Assert.Contains("name=\"file\"; filename=\"a b.jsonl\"", request.Body, StringComparison.Ordinal);
        Assert.Contains("\r\n\r\n{\"a\":1}\n\r\n--", request.Body, StringComparison.Ordinal);
        Assert.True(content.CanRead);
    }

    [Fact]
    public async Task AnUploadIsSentWhileItIsRead()
    {
        // The second half is there only once the server has the first.
        var halves = Channel.CreateBounded<byte[]>(2);
        halves.Writer.TryWrite([.. Enumerable.Repeat((byte)'x', 100_000)]);
        await using var server = await StreamingServer.StartAsync(100_000, AFile);
        using var client = new MuseClient(Options() with { Server = server.Url });

        var upload = client.Files.UploadAsync(new ChannelStream(halves.Reader), "a.jsonl");
        await server.HalfThere.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(upload.IsCompleted);
        halves.Writer.TryWrite("the end"u8.ToArray());
        halves.Writer.Complete();
        Assert.Equal("file-1", (await upload).Id);
    }

    [Fact]
    public async Task ContentIsReadAsAStream_AndAFileIsDeleted()
    {
        var more = new TaskCompletionSource();
        Server.Then(async http =>
        {
            await http.Response.Body.WriteAsync("line 1\n"u8.ToArray());
            await http.Response.Body.FlushAsync();
            await more.Task;
            await http.Response.Body.WriteAsync("line 2\n"u8.ToArray());
        }).Then(200, """{"id":"file-1","object":"file","deleted":true}""");

        using var reader = new StreamReader(await Client.Files.OpenAsync("file-1"));
        Assert.Equal("line 1", await reader.ReadLineAsync());
        more.SetResult();
        Assert.Equal("line 2", await reader.ReadLineAsync());
        await Client.Files.DeleteAsync("file-1");
        Assert.Equal(["GET /v1/files/file-1/content", "DELETE /v1/files/file-1"], Server.Requests.Select(r => $"{r.Method} {r.Path}"));
    }

    [Fact]
    public void LinesOfABatchAreWrittenAndRead()
    {
        Assert.Equal(
            """{"custom_id":"a","body":{"model":"shapes","prompt":"p","seed":7},"method":"POST","url":"/v1/images/generations"}""",
            new BatchLine("a", new ImageRequest { Model = "shapes", Prompt = "p", Seed = 7 }).ToJson());
        var answer = BatchAnswer.Parse("""{"id":"r","custom_id":"a","response":{"status_code":200,"request_id":"q","body":{"created":1,"data":[{"url":"/v1/artifacts/x","seed":7}]}},"error":null}""");
        Assert.Equal(("a", 200, "/v1/artifacts/x"), (answer.CustomId, answer.Response!.StatusCode, answer.Response.Images().Data[0].Url));
    }
}
