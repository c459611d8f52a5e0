using System.Net;
using System.Net.Http.Headers;
using System.Text;
using MuseCluster.Silo.Tests.Api.Batches;
using MuseCluster.Tests.Shared;

namespace MuseCluster.Silo.Tests.Api.Files;

public sealed class FileTests(GatewayFixture silo) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task A_file_is_uploaded_listed_read_and_deleted()
    {
        using var http = await silo.ClientOfAsync("files");
        const string Text = "{\"a\": \"\u20AC\"}\nno JSON, which nobody minds here\n";
        using var form = BatchCalls.Form(new StringContent(Text, Encoding.UTF8), name: "/home/ada/my input.jsonl");
        var file = await BatchCalls.ReadAsync(await http.PostAsync("/v1/files", form));
        Assert.Matches("^file-[0-9a-f]{32}$", (string)file["id"]!);
        Assert.Equal(
            ("file", Encoding.UTF8.GetByteCount(Text), "my input.jsonl", "batch", "processed"),
            ((string)file["object"]!, (int)file["bytes"]!, (string)file["filename"]!, (string)file["purpose"]!, (string)file["status"]!));
        var second = await BatchCalls.UploadAsync(http, "2");
        var list = await BatchCalls.ReadAsync(await http.GetAsync("/v1/files?limit=1"));
        Assert.Equal(second, (string)Assert.Single(list["data"]!.AsArray())!["id"]!);
        Assert.True((bool)list["has_more"]!);
        list = await BatchCalls.ReadAsync(await http.GetAsync($"/v1/files?after={second}&purpose=batch"));
        Assert.Equal(file.ToJsonString(), Assert.Single(list["data"]!.AsArray())!.ToJsonString());
        Assert.Empty((await BatchCalls.ReadAsync(await http.GetAsync("/v1/files?purpose=batch_output")))["data"]!.AsArray());
        Assert.Equal(file.ToJsonString(), (await BatchCalls.ReadAsync(await http.GetAsync($"/v1/files/{file["id"]}"))).ToJsonString());
        Assert.Equal(Text, await http.GetStringAsync($"/v1/files/{file["id"]}/content"));
        Assert.True((bool)(await BatchCalls.ReadAsync(await http.DeleteAsync($"/v1/files/{file["id"]}")))["deleted"]!);
        await BatchCalls.ErrorAsync(await http.GetAsync($"/v1/files/{file["id"]}"), 404);
        await BatchCalls.ErrorAsync(await http.GetAsync($"/v1/files/{file["id"]}/content"), 404);
        Assert.Empty(Directory.GetFiles(Path.Combine(silo.Settings.Blobs, "files", "files"), $"{((string)file["id"]!)[5..]}*"));
    }

    [Fact]
    public async Task Another_tenants_file_is_not_there()
    {
        using var ada = await silo.ClientOfAsync("ada");
        using var bob = await silo.ClientOfAsync("bob");
        var id = await BatchCalls.UploadAsync(ada, "x");
        foreach (var path in (string[])[$"/v1/files/{id}", $"/v1/files/{id}/content"])
            Assert.Equal("not_found", (string)(await BatchCalls.ErrorAsync(await bob.GetAsync(path), 404))["code"]!);
        await BatchCalls.ErrorAsync(await bob.DeleteAsync($"/v1/files/{id}"), 404);
        Assert.Empty((await BatchCalls.ReadAsync(await bob.GetAsync("/v1/files")))["data"]!.AsArray());
        Assert.Equal("x", await ada.GetStringAsync($"/v1/files/{id}/content"));
    }

    [Theory]
    [InlineData(null, "purpose is missing")]
    [InlineData("fine-tune", "purpose is 'fine-tune', expected batch")]
    public async Task A_wrong_purpose_is_named_and_nothing_is_kept(string? purpose, string message)
    {
        using var http = await silo.ClientOfAsync("purpose");
        using var form = BatchCalls.Form(new StringContent("x"), purpose);
        var error = await BatchCalls.ErrorAsync(await http.PostAsync("/v1/files", form), 400);
        Assert.Equal((message, "purpose"), ((string)error["message"]!, (string)error["param"]!));
        Assert.Empty((await BatchCalls.ReadAsync(await http.GetAsync("/v1/files")))["data"]!.AsArray());
        Assert.Empty(Directory.GetFiles(Path.Combine(silo.Settings.Blobs, "purpose", "files")));
    }

    [Fact]
    public async Task What_is_no_upload_is_named()
    {
        using var http = await silo.ClientOfAsync("wrong");
        Assert.Equal("unsupported_media_type", (string)(await BatchCalls.ErrorAsync(await http.PostAsync("/v1/files", new StringContent("{}", Encoding.UTF8, "application/json")), 415))["code"]!);
        using var without = new MultipartFormDataContent { { new StringContent("batch"), "purpose" } };
        Assert.Equal("file", (string)(await BatchCalls.ErrorAsync(await http.PostAsync("/v1/files", without), 400))["param"]!);
        using var more = BatchCalls.Form(new StringContent("x"));
        more.Add(new StringContent("x"), "colour");
        Assert.Equal(("unknown_parameter", "colour"), await BatchCalls.ErrorAsync(await http.PostAsync("/v1/files", more), 400) is var e ? ((string)e["code"]!, (string)e["param"]!) : default);
        var cut = new StringContent("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nhalf a file");
        cut.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        Assert.Equal("file", (string)(await BatchCalls.ErrorAsync(await http.PostAsync("/v1/files", cut), 400))["param"]!);
        Assert.Empty((await BatchCalls.ReadAsync(await http.GetAsync("/v1/files")))["data"]!.AsArray());
    }

    [Theory]
    [InlineData(200_000_000, true)]
    [InlineData(200_000_001, false)]
    public async Task A_file_may_have_200_MB_and_is_stored_while_it_comes(long bytes, bool fits)
    {
        using var http = await silo.ClientOfAsync("large");
        var stored = 0L;
        using var form = BatchCalls.Form(new StreamContent(new Zeros(bytes, 150_000_000, () => stored = Directory.GetFiles(Path.Combine(silo.Settings.Blobs, ".incoming")).Max(file => new FileInfo(file).Length))));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/files") { Content = form, Headers = { TransferEncodingChunked = true } };
        var response = await http.SendAsync(request);
        var file = fits ? await BatchCalls.ReadAsync(response) : null;
        Assert.Equal(fits ? HttpStatusCode.OK : HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.InRange(stored, 100_000_000, 150_000_000);
        if (file is not null)
            await http.DeleteAsync($"/v1/files/{file["id"]}");
        Assert.Empty(Directory.GetFiles(Path.Combine(silo.Settings.Blobs, "large"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_description_for_machines_has_files_and_batches()
    {
        var description = await BatchCalls.ReadAsync(await silo.Http.GetAsync("/openapi/v1.json"));
        Assert.NotNull(description["paths"]!["/v1/files"]!["post"]!["requestBody"]!["content"]!["multipart/form-data"]);
        Assert.NotNull(description["paths"]!["/v1/batches/{id}/cancel"]!["post"]);
    }

    /// <summary>Many zeros, and a moment among them.</summary>
    private sealed class Zeros(long bytes, long at, Action then) : Stream
    {
        private long _left = bytes, _read;
        private bool _past;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, _left);
            buffer.AsSpan(offset, read).Clear();
            _left -= read;
            _read += read;
            if (!_past && _read >= at)
            {
                _past = true;
                then();
            }
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
