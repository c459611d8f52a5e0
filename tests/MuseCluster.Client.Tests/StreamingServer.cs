using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MuseCluster.Client.Tests;

/// <summary>A server that says when so much of a body is there.</summary>
internal sealed class StreamingServer(WebApplication app) : IAsyncDisposable
{
    private readonly TaskCompletionSource _half = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Uri Url => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public Task HalfThere => _half.Task;

    public static async Task<StreamingServer> StartAsync(int half, string answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new StreamingServer(app);
        app.Run(async http =>
        {
            var buffer = new byte[8192];
            for (int read, total = 0; (read = await http.Request.Body.ReadAsync(buffer)) > 0;)
                if ((total += read) >= half)
                    server._half.TrySetResult();
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(answer);
        });
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
