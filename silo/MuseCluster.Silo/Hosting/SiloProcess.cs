using System.Text.Json;
using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Telemetry;
using MuseCluster.Silo.Api;
using MuseCluster.Silo.Api.Access;
using MuseCluster.Silo.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MuseCluster.Silo.Hosting;

/// <summary>A silo as a process: its HTTP endpoints, its logs, its telemetry, and how it starts and stops.</summary>
public static partial class SiloProcess
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Runs a silo until it is told to stop, then drains it.</summary>
    /// <param name="settings">All that it is told.</param>
    /// <param name="started">Told once it serves: what it says of itself.</param>
    /// <param name="stop">Tells it to stop.</param>
    /// <exception cref="SiloConfigurationException">Settings are wrong; each is named.</exception>
    public static async Task RunAsync(SiloSettings settings, Action<SiloStatus>? started, CancellationToken stop)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        // All that it is told is in the settings: nothing else may change where it listens.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        builder.WebHost.UseUrls(settings.Urls);
        // Signals are the command line's; it cancels the token.
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        Log(builder, settings);
        Measure(builder, settings);
        builder.WebHost.ConfigureKestrel(k => k.AddServerHeader = false);
        builder.Services.AddOpenApi();
        builder.Services.ConfigureHttpJsonOptions(o => ApiJson.Configure(o.SerializerOptions));
        await using var app = builder.Build();
        var probe = new SiloProbe();
        using var access = new TenantAccess(settings.Admits, () => probe.Gateway!);
        Map(app, probe);
        if (settings.Gateway)
        {
            ApiEndpoints.Map(app, access, () => probe.Gateway);
            app.MapPage();
        }
        await StartListeningAsync(app, settings, stop).ConfigureAwait(false);
        try
        {
            var endpoint = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            var loggers = app.Services.GetRequiredService<ILoggerFactory>();
            await ServeAsync(app, settings, endpoint, probe, loggers, started, stop).ConfigureAwait(false);
        }
        finally
        {
            await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task ServeAsync(
        WebApplication app, SiloSettings settings, string endpoint, SiloProbe probe, ILoggerFactory loggers, Action<SiloStatus>? started, CancellationToken stop)
    {
        var logger = loggers.CreateLogger(typeof(SiloProcess));
        await using var resources = await SiloResources.OpenAsync(settings, TimeProvider.System, loggers, stop).ConfigureAwait(false);
        await using var silo = new SiloHost(
            settings.Options(endpoint), resources.Models, resources.Ledger, resources.Mesh, resources.Artifacts, TimeProvider.System, loggers);
        await silo.StartAsync(stop).ConfigureAwait(false);
        await using var gateway = settings.Gateway ? await GatewayParts.OpenAsync(settings.Name, resources, TimeProvider.System, loggers, stop).ConfigureAwait(false) : null;
        probe.Serve(silo, resources, gateway?.Gateway);
        Serving(logger, settings.Name, endpoint);
        started?.Invoke(silo.Status);
        try
        {
            await UntilDrainedAsync(settings, probe, silo, logger, stop).ConfigureAwait(false);
        }
        finally
        {
            // What is still on its way needs ledger and mesh to end well.
            await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task UntilDrainedAsync(SiloSettings settings, SiloProbe probe, SiloHost silo, ILogger logger, CancellationToken stop)
    {
        try
        {
            await silo.Completion.WaitAsync(stop).ConfigureAwait(false);
            throw new InvalidOperationException("A grain of the silo has ended by itself; only a new process mends that.");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            probe.Drain();
            Draining(logger, settings.Name, silo.Status.Grains.Sum(g => g.Running));
        }
        using var soon = new CancellationTokenSource(settings.Drain);
        try
        {
            await silo.DrainAsync(soon.Token).ConfigureAwait(false);
            Drained(logger, settings.Name);
        }
        catch (OperationCanceledException) when (soon.IsCancellationRequested)
        {
            NotDrained(logger, settings.Name, settings.Drain.TotalSeconds);
        }
    }

    private static async Task StartListeningAsync(WebApplication app, SiloSettings settings, CancellationToken stop)
    {
        try
        {
            await app.StartAsync(stop).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new SiloConfigurationException([$"urls: '{settings.Urls}' cannot be listened on: {e.Message} Expected a free port; 0 takes one."]);
        }
    }

    private static void Map(WebApplication app, SiloProbe probe)
    {
        app.MapGet("/health", () => probe.Alive ? Results.Text("alive") : Results.Text("a grain has died", statusCode: StatusCodes.Status503ServiceUnavailable));
        app.MapGet("/ready", async (HttpContext http) => await probe.UnreadyAsync(http.RequestAborted).ConfigureAwait(false) is { } why
            ? Results.Text(why, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ready"));
        app.MapGet("/status", () => probe.Silo is { } silo ? Results.Json(silo.Status, Json) : Results.Text("starting", statusCode: StatusCodes.Status503ServiceUnavailable));
    }

    private static void Log(WebApplicationBuilder builder, SiloSettings settings)
    {
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        if (settings.Log == LogFormat.Json)
            builder.Logging.AddJsonConsole(o => o.TimestampFormat = "O");
        else
            builder.Logging.AddSimpleConsole(o => (o.SingleLine, o.TimestampFormat) = (true, "HH:mm:ss "));
        // Stdout is for what a command prints.
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void Measure(WebApplicationBuilder builder, SiloSettings settings)
    {
        if (settings.Otlp is not { } otlp)
            return;
        void Export(OtlpExporterOptions o) => o.Endpoint = otlp;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("musecluster-silo", serviceVersion: SiloHost.Version, serviceInstanceId: settings.Name))
            .WithMetrics(m => m.AddMeter(ClusterTelemetry.Name).AddOtlpExporter(Export))
            .WithTracing(t => t.AddSource(ClusterTelemetry.Name).AddOtlpExporter(Export));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "silo {Silo} serves, {Endpoint}")]
    private static partial void Serving(ILogger logger, string silo, string endpoint);

    [LoggerMessage(Level = LogLevel.Information, Message = "silo {Silo} drains; it holds {Items} items")]
    private static partial void Draining(ILogger logger, string silo, int items);

    [LoggerMessage(Level = LogLevel.Information, Message = "silo {Silo} is drained")]
    private static partial void Drained(ILogger logger, string silo);

    [LoggerMessage(Level = LogLevel.Warning, Message = "silo {Silo} was not drained within {Seconds} s; what it held is delivered again")]
    private static partial void NotDrained(ILogger logger, string silo, double seconds);

    private sealed class QuietLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
