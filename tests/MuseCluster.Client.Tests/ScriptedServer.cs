using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Client.Tests;

/// <summary>A request that came.</summary>
internal sealed record Received(string Method, string Path, IHeaderDictionary Headers, string Body)
{
    /// <summary>A header's value.</summary>
    public string? this[string header] => Headers.TryGetValue(header, out var value) ? value.ToString() : null;
}

/// <summary>A real HTTP server on a free port, which gives one scripted answer after the other.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _script = new();
    private readonly Channel<Received> _received = Channel.CreateBounded<Received>(1000);
    private readonly List<Received> _all = [];

    private ScriptedServer(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>All that came.</summary>
    public IReadOnlyList<Received> Requests
    {
        get
        {
            lock (_all)
                return [.. _all];
        }
    }

    /// <summary>Starts one.</summary>
    public static async Task<ScriptedServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ScriptedServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        server.Url = new Uri(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return server;
    }

    /// <summary>The next request that comes.</summary>
    public async Task<Received> NextAsync() => await _received.Reader.ReadAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);

    /// <summary>Adds an answer of any kind.</summary>
    public ScriptedServer Then(Func<HttpContext, Task> answer)
    {
        _script.Enqueue(answer);
        return this;
    }

    /// <summary>Adds an answer.</summary>
    public ScriptedServer Then(int status, string body, params (string Name, string Value)[] headers) => Then(async http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = body.StartsWith('{') ? "application/json" : "text/plain";
        foreach (var (name, value) in headers)
            http.Response.Headers[name] = value;
        await http.Response.WriteAsync(body);
    });

    /// <summary>Adds a connection that breaks before an answer.</summary>
    public ScriptedServer ThenBreak() => Then(http =>
    {
        http.Abort();
        return Task.CompletedTask;
    });

    /// <summary>Adds events after which the stream ends; or breaks, once the test says so: what is under way when a connection breaks may be lost.</summary>
    public ScriptedServer ThenEvents(string events, TaskCompletionSource? breaks = null) => Then(async http =>
    {
        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync(events);
        await http.Response.Body.FlushAsync();
        if (breaks is null)
            return;
        await breaks.Task;
        http.Abort();
    });

    /// <summary>Adds events after which nothing more comes while the client stays.</summary>
    public ScriptedServer ThenEventsAndSilence(string events, TaskCompletionSource? left = null) => Then(async http =>
    {
        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync(events);
        await http.Response.Body.FlushAsync();
        var gone = new TaskCompletionSource();
        await using var registration = http.RequestAborted.Register(() => gone.TrySetResult());
        await gone.Task;
        left?.TrySetResult();
    });

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var request = new Received(
            http.Request.Method, http.Request.Path + http.Request.QueryString, new HeaderDictionary(http.Request.Headers.ToDictionary()), Encoding.UTF8.GetString(body.ToArray()));
        lock (_all)
            _all.Add(request);
        await _received.Writer.WriteAsync(request);
        if (_script.TryDequeue(out var answer))
            await answer(http);
        else
            http.Response.StatusCode = 599;
    }
}
