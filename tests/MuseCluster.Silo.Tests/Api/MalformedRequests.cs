using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MuseCluster.Silo.Tests.Api;

/// <summary>A request that is wrong in one place, and what the answer's param must name.</summary>
/// <param name="Method">The method.</param>
/// <param name="Route">Under /v1/.</param>
/// <param name="Body">The body; null for none.</param>
/// <param name="Param">What is wrong; null where the web server itself refuses it, which names nothing.</param>
/// <param name="ContentType">The body's type.</param>
/// <param name="Header">A header and its value.</param>
public sealed record MalformedRequest(HttpMethod Method, string Route, byte[]? Body, string? Param, string? ContentType = "application/json", (string Name, string Value)? Header = null)
{
    public HttpRequestMessage Message()
    {
        var message = new HttpRequestMessage(Method, new Uri(Route, UriKind.Relative));
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            if (ContentType is not null)
                message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        }
        if (Header is var (name, value))
            message.Headers.TryAddWithoutValidation(name, value);
        return message;
    }

    public override string ToString() => $"{Method} {Route} {ContentType} {Header} {(Body is null ? "" : Encoding.UTF8.GetString(Body, 0, Math.Min(Body.Length, 200)))}";
}

/// <summary>Thousands of requests, each wrong in one place.</summary>
public static class MalformedRequests
{
    private static readonly string[] NotText = ["1", "-0.5", "true", "[]", "{}", "[\"a\"]", "\"\\ud800\"", "\"a\\u0000b\"", "{\"a\":1}", "\"\\udc00x\""];
    private static readonly string[] NotWhole = ["-1", "1.5", "\"3\"", "true", "false", "[]", "{}", "1e99", "-1e-9", "\"\"", "[1]", "99999999999999999999999", "\"x\"", "1e400"];
    private static readonly string[] NotNumber = ["-1", "-0.0001", "\"3\"", "true", "[]", "{}", "1e99", "\"NaN\"", "[2]", "1e400", "\"\"", "101"];
    private static readonly string[] NotFlag = ["1", "0", "\"true\"", "[]", "{}", "\"\"", "-1", "1.5"];
    private static readonly string[] NotChoice = ["\"no-such\"", "\"\"", "1", "true", "[]", "{}", "\"COSINE\"", "\"1024x1024\"", "\" \"", "\"\\ud800\""];

    private static readonly (string Field, string[] Wrong)[] Decoding =
    [
        ("negative_prompt", [.. NotText, Long()]), ("seed", NotWhole), ("steps", [.. NotWhole, "0", "1025"]), ("sr_steps", [.. NotWhole, "0", "1025"]), ("guidance", NotNumber), ("sr_guidance", NotNumber),
        ("temperature", NotNumber), ("min_p", [.. NotNumber, "1.01"]), ("schedule", NotChoice), ("prompt", [.. NotText, Long(), "null"]),
    ];

    private static readonly (string Field, string[] Wrong)[] Images =
    [
        .. Decoding, ("n", [.. NotWhole, "0", "11"]), ("size", NotChoice), ("response_format", NotChoice), ("output_format", [.. NotChoice, "\"jpeg\""]), ("user", NotText), ("stream", NotFlag),
        ("partial_images", [.. NotWhole, "4", "2"]), ("model", ["1", "true", "[]", "{}", "\"no-such\"", "\"\"", "\"../shapes\"", "\"shapes/\"", "\"\\ud800\""]),
        ("promt", ["\"a\"", "1"]), ("__proto__", ["{}"]), ("$type", ["\"System.Object\""]), ("image", ["\"a.png\""]),
    ];

    private static readonly (string Field, string[] Wrong)[] Jobs =
    [
        ("class", NotChoice), ("model", ["1", "true", "[]", "{}", "\"no-such\"", "\"\""]), ("requests", ["1", "true", "\"a\"", "{}", "[]", "null"]), ("priority", ["1"]),
    ];

    public static IEnumerable<MalformedRequest> All(string job) =>
        Fields("images/generations", """{"prompt":"a"}""", Images, "").Concat(JobFields()).Concat(Broken()).Concat(Paths(job)).Concat(Queries(job)).Concat(Headers()).Concat(Batches());

    private static IEnumerable<MalformedRequest> Fields(string route, string good, (string Field, string[] Wrong)[] fields, string path)
    {
        foreach (var (field, wrong) in fields)
            foreach (var value in wrong)
                foreach (var filler in new[] { "", "\"steps\":2,", "\"n\":1,\"seed\":4,", "\"guidance\":2," })
                {
                    // A field that the filler has is another error.
                    if (filler.Contains($"\"{field}\"", StringComparison.Ordinal))
                        continue;
                    var rest = field == "prompt" ? "\"temperature\":1" : good[1..^1];
                    yield return Post(route, $"{{{filler}{rest},\"{field}\":{value}}}", path + field);
                }
        yield return Post(route, "{}", path + "prompt");
    }

    private static IEnumerable<MalformedRequest> JobFields()
    {
        foreach (var request in Fields("jobs", """{"prompt":"a"}""", [.. Decoding, ("n", [.. NotWhole, "0", "100001"]), ("picture", [.. NotWhole, "4294967295"]), ("size", ["\"128x128\""])], ""))
            foreach (var before in new[] { 0, 2 })
            {
                var good = string.Concat(Enumerable.Repeat("{\"prompt\":\"good\"},", before));
                yield return Post("jobs", $"{{\"requests\":[{good}{Encoding.UTF8.GetString(request.Body!)}]}}", $"requests[{before}].{request.Param}");
            }
        foreach (var (field, wrong) in Jobs)
            foreach (var value in wrong)
                yield return Post("jobs", field == "requests" ? $"{{\"requests\":{value}}}" : $"{{\"requests\":[{{\"prompt\":\"a\"}}],\"{field}\":{value}}}", field);
        foreach (var element in new[] { "1", "\"a\"", "null", "[]", "true", "[{}]" })
            yield return Post("jobs", $"{{\"requests\":[{element}]}}", "requests[0]");
        yield return Post("jobs", "{}", "requests");
        yield return Post("jobs", """{"requests":[{"prompt":"a","n":60000},{"prompt":"a","n":60000}]}""", "requests");
    }

    private static IEnumerable<MalformedRequest> Broken()
    {
        const string Whole = """{"prompt":"a \"red\" ring, \u00e9","n":2,"requests":[{"prompt":"a"}]}""";
        foreach (var route in new[] { "images/generations", "jobs" })
        {
            for (var length = 0; length < Whole.Length; length++)
                yield return Post(route, Whole[..length], "body");
            foreach (var text in new[] { "null", "1", "\"a\"", "[]", "true", "[{\"prompt\":\"a\"}]", "{\"prompt\":\"a\"}{}", "{'prompt':'a'}", "{prompt:1}", "{\"a\":1,}", "// c\n{}", "{\"prompt\":\"a\",\"prompt\":\"b\"}", "<xml/>", "prompt=a" })
                yield return Post(route, text, "body");
            yield return Post(route, string.Concat(Enumerable.Repeat("[", 100_000)), "body");
            yield return Post(route, string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 40), "body");
            foreach (var bytes in new byte[][] { [0xFF, 0xFE], [0, 0, 0], [0xEF, 0xBB, 0xBF, 0x7B], [0xED, 0xA0, 0x80] })
                yield return new MalformedRequest(HttpMethod.Post, route, bytes, "body");
            foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "", "json", "application/jsonp" })
                yield return new MalformedRequest(HttpMethod.Post, route, Encoding.UTF8.GetBytes("""{"prompt":"a"}"""), "Content-Type", type);
        }
        yield return new MalformedRequest(HttpMethod.Post, "images/generations", [.. "{\"prompt\":\"a"u8, 0xC3, 0x28, .. "\"}"u8], "prompt");
        yield return Post("images/generations", $"{{\"prompt\":\"{new string('x', 1_100_000)}\"}}", "body");
    }

    private static IEnumerable<MalformedRequest> Paths(string job)
    {
        foreach (var id in new[] { "x", "0", new string('0', 32), new string('g', 32), job.ToUpperInvariant() + "0", job[..31], $"{job}-0", "%00", "..", "%2e%2e%2f", "%F0%9F%92%A5", "'%3B--", new string('a', 2000), "null", "-1", "{id}", "%25", "a b" }.Where(i => i != ".."))
        {
            foreach (var rest in new[] { "", "/items", "/items/0", "/events" })
                yield return new MalformedRequest(HttpMethod.Get, $"jobs/{id}{rest}", null, By(id, "id"));
            foreach (var verb in new[] { "cancel", "pause", "resume", "retry" })
                yield return new MalformedRequest(HttpMethod.Post, $"jobs/{id}/{verb}", null, By(id, "id"));
            yield return new MalformedRequest(HttpMethod.Get, $"models/{id}", null, By(id, "id"));
        }
        foreach (var index in new[] { "x", "-1", "1.5", "99999999999", "1000000", "%00", "0x1", "1e3", " 1", "2147483647" })
            yield return new MalformedRequest(HttpMethod.Get, $"jobs/{job}/items/{index}", null, By(index, "index"));
        foreach (var route in new[] { "nope", "jobs/a/b/c/d", "images", "image/generations", "models/a/b", "v1/jobs", "completions", "chat/completions" })
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Delete })
                yield return new MalformedRequest(method, route, null, "path");
        foreach (var (method, route) in new[] { (HttpMethod.Put, "jobs"), (HttpMethod.Delete, "jobs"), (HttpMethod.Get, "images/generations"), (HttpMethod.Post, "models"), (HttpMethod.Patch, "usage"), (HttpMethod.Delete, $"jobs/{job}"), (HttpMethod.Get, $"jobs/{job}/cancel"), (HttpMethod.Post, "silos") })
            yield return new MalformedRequest(method, route, null, "method");
        foreach (var path in new[] { "artifacts/x", "artifacts/default/a.png", "artifacts/..%2f..%2fetc%2fpasswd", "artifacts/default/%00", "artifacts/a?expires=1&signature=x", "artifacts/a?expires=99999999999&signature=", "artifacts/a?signature=x", "artifacts/%F0%9F%92%A5?expires=1&signature=1" })
            yield return new MalformedRequest(HttpMethod.Get, path, null, By(path, "signature"));
    }

    private static IEnumerable<MalformedRequest> Batches()
    {
        const string Missing = "file-00000000000000000000000000000000";
        (string Field, string[] Wrong)[] fields =
        [
            ("input_file_id", [.. NotText, "\"\"", "\"x\"", "\"../x\"", $"\"{Missing}\"", "null"]), ("endpoint", [.. NotChoice, "\"/v1/chat/completions\"", "null"]),
            ("completion_window", [.. NotChoice, "\"24\"", "\"0h\"", "\"-1h\"", "\"99999h\"", "null"]), ("metadata", ["1", "\"a\"", "[]", "true", "{\"a\":1}", "{\"a\":null}"]), ("priority", ["1"]),
        ];
        foreach (var (field, wrong) in fields)
            foreach (var value in wrong)
            {
                var rest = new[] { ("input_file_id", $"\"{Missing}\""), ("endpoint", "\"/v1/images/generations\""), ("completion_window", "\"24h\"") }.Where(f => f.Item1 != field).Select(f => $"\"{f.Item1}\":{f.Item2}");
                yield return Post("batches", $"{{\"{field}\":{value},{string.Join(',', rest)}}}", value.StartsWith("{\"a\":", StringComparison.Ordinal) && field == "metadata" ? "metadata.a" : field);
            }
        foreach (var id in new[] { "x", "file-x", "batch_x", "batch_" + new string('0', 32), Missing, new string('a', 2000), "%F0%9F%92%A5", "'%3B--" })
        {
            foreach (var (method, route) in new[] { (HttpMethod.Get, "files/{0}"), (HttpMethod.Get, "files/{0}/content"), (HttpMethod.Delete, "files/{0}"), (HttpMethod.Get, "batches/{0}"), (HttpMethod.Post, "batches/{0}/cancel") })
                yield return new MalformedRequest(method, string.Format(System.Globalization.CultureInfo.InvariantCulture, route, id), null, "id");
        }
        foreach (var value in new[] { "0", "-1", "x", "1.5", "", "99999999999" })
            foreach (var route in new[] { "files", "batches" })
                yield return new MalformedRequest(HttpMethod.Get, $"{route}?limit={value}", null, "limit");
        foreach (var type in new[] { "application/json", "text/plain", "multipart/form-data", "multipart/mixed; boundary=x" })
            yield return new MalformedRequest(HttpMethod.Post, "files", "{}"u8.ToArray(), "Content-Type", type);
    }

    private static IEnumerable<MalformedRequest> Queries(string job)
    {
        foreach (var value in new[] { "0", "-1", "1001", "x", "1.5", "1e2", "%00", "", "99999999999", "0x10", "+5", "%20" })
            foreach (var route in new[] { "jobs", $"jobs/{job}/items" })
                yield return new MalformedRequest(HttpMethod.Get, $"{route}?limit={value}", null, "limit");
        foreach (var value in new[] { "x", "", new string('0', 32), "%00", "-1" })
            yield return new MalformedRequest(HttpMethod.Get, $"jobs?after={value}", null, "id");
        foreach (var value in new[] { "x", "-1", "1.5", "99999999999", "%00", "" })
            yield return new MalformedRequest(HttpMethod.Get, $"jobs/{job}/items?after={value}", null, "after");
        foreach (var name in new[] { "from", "to" })
            foreach (var value in new[] { "x", "2026-13-01", "2026-02-30", "01.02.2026", "20260101", "%00", "0", "", "2026-1-1", "9999999-01-01" })
                yield return new MalformedRequest(HttpMethod.Get, $"usage?{name}={value}", null, name);
        yield return new MalformedRequest(HttpMethod.Get, "usage?from=2026-02-01&to=2026-01-01", null, "from");
    }

    private static IEnumerable<MalformedRequest> Headers()
    {
        foreach (var route in new[] { "images/generations", "jobs" })
            foreach (var key in new[] { "", " ", new string('k', 256), "a b", "tab\there" })
                yield return Post(route, """{"prompt":"a","requests":[{"prompt":"a"}]}""", "Idempotency-Key") with { Header = ("Idempotency-Key", key) };
        foreach (var host in new[] { "example.com", "evil.localhost.example", "10.0.0.1" })
            yield return new MalformedRequest(HttpMethod.Get, "models", null, "Host") with { Header = ("Host", host) };
    }

    // Kestrel itself refuses a NUL in a path, before there is any route.
    private static string? By(string path, string param) => path.Contains("%00", StringComparison.Ordinal) ? null : param;

    private static MalformedRequest Post(string route, string body, string param) => new(HttpMethod.Post, route, Encoding.UTF8.GetBytes(body), param);

    private static string Long() => $"\"{new string('x', 10_001)}\"";
}
