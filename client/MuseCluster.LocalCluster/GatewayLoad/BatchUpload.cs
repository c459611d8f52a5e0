using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace MuseCluster.LocalCluster.GatewayLoad;

/// <summary>Puts batches into a gateway.</summary>
internal static class BatchUpload
{
    /// <summary>A batch's file.</summary>
    /// <param name="lines">Its lines.</param>
    /// <param name="also">What each body has beyond its prompt, as JSON.</param>
    public static byte[] Input(int lines, string also)
    {
        var text = new StringBuilder();
        for (var i = 0; i < lines; i++)
            text.Append(CultureInfo.InvariantCulture, $$$"""{"custom_id":"line-{{{i}}}","method":"POST","url":"/v1/images/generations","body":{"prompt":"a red circle above a blue square, number {{{i}}}",{{{also}}}}}""").Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Uploads a file.</summary>
    /// <param name="http">The gateway.</param>
    /// <param name="input">The file.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Its id.</returns>
    public static async Task<string> UploadAsync(HttpClient http, byte[] input, CancellationToken cancellation)
    {
        using var form = new MultipartFormDataContent { { new StringContent("batch"), "purpose" }, { new ByteArrayContent(input), "file", "prompts.jsonl" } };
        return (string)(await PostAsync(http, "files", form, cancellation).ConfigureAwait(false))["id"]!;
    }

    /// <summary>Makes a batch of an uploaded file.</summary>
    /// <param name="http">The gateway.</param>
    /// <param name="file">The file.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Its id.</returns>
    public static async Task<string> CreateAsync(HttpClient http, string file, CancellationToken cancellation) =>
        (string)(await PostAsync(http, "batches", JsonContent.Create(new { input_file_id = file, endpoint = "/v1/images/generations", completion_window = "24h" }), cancellation).ConfigureAwait(false))["id"]!;

    /// <summary>Uploads a file and makes a batch of it.</summary>
    /// <param name="http">The gateway.</param>
    /// <param name="input">The file.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The batch's id.</returns>
    public static async Task<string> SubmitAsync(HttpClient http, byte[] input, CancellationToken cancellation) =>
        await CreateAsync(http, await UploadAsync(http, input, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);

    private static async Task<JsonNode> PostAsync(HttpClient http, string route, HttpContent content, CancellationToken cancellation)
    {
        using var response = await http.PostAsync(new Uri(route, UriKind.Relative), content, cancellation).ConfigureAwait(false);
        var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{route}: {text}");
    }
}
