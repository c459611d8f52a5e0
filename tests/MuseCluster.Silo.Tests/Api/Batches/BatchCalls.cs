using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MuseCluster.Tests.Shared;

namespace MuseCluster.Silo.Tests.Api.Batches;

/// <summary>What tests of files and batches ask of a gateway.</summary>
public static class BatchCalls
{
    public static MultipartFormDataContent Form(HttpContent file, string? purpose = "batch", string name = "in.jsonl")
    {
        var form = new MultipartFormDataContent { { file, "file", name } };
        if (purpose is not null)
            form.Add(new StringContent(purpose), "purpose");
        return form;
    }

    public static async Task<string> UploadAsync(HttpClient http, string text)
    {
        using var form = Form(new StringContent(text, Encoding.UTF8));
        return (string)(await ReadAsync(await http.PostAsync("/v1/files", form)))["id"]!;
    }

    public static async Task<JsonNode> SubmitAsync(HttpClient http, string input, string window = "24h", string? idempotency = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/batches")
        {
            Content = JsonContent.Create(new { input_file_id = input, endpoint = "/v1/images/generations", completion_window = window, metadata = new { note = "x" } }),
        };
        if (idempotency is not null)
            request.Headers.Add("Idempotency-Key", idempotency);
        return await ReadAsync(await http.SendAsync(request));
    }

    public static async Task<JsonNode> WaitAsync(HttpClient http, JsonNode batch, params string[] states)
    {
        using var patience = new CancellationTokenSource(GatewayFixture.Patience);
        while (true)
        {
            var now = await ReadAsync(await http.GetAsync($"/v1/batches/{batch["id"]}", patience.Token));
            if (states.Contains((string)now["status"]!))
                return now;
            await Task.Delay(50, patience.Token);
        }
    }

    public static async Task<IReadOnlyList<JsonNode>> LinesAsync(HttpClient http, JsonNode? file) =>
        file is null ? [] : [.. (await http.GetStringAsync($"/v1/files/{file}/content")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    public static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, text);
            return JsonNode.Parse(text)!;
        }
    }

    /// <summary>The error of an answer that is one.</summary>
    public static async Task<JsonNode> ErrorAsync(HttpResponseMessage response, int status)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
            return JsonNode.Parse(text)!["error"]!;
        }
    }
}
