using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MuseCluster.Cluster.Orleans.Membership;
using MuseCluster.Cluster.Orleans.Placement;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace MuseCluster.Cluster.Orleans;

/// <summary>Makes this process a silo of the Orleans cluster.</summary>
internal static class OrleansSilo
{
    /// <summary>Joins the cluster.</summary>
    /// <param name="options">What the silo is.</param>
    /// <param name="time">Time.</param>
    /// <param name="loggers">Make its loggers; only what somebody can mend is logged.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The silo, which the caller stops and disposes.</returns>
    public static async Task<IHost> JoinAsync(OrleansOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellation)
    {
        if (options.Membership is { } database)
            await MembershipSchema.CreateAsync(database, cancellation).ConfigureAwait(false);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "muse" });
        // That a silo is gone shows in many ways, and calls that it concerns say so; what the membership meets is worth a line.
        builder.Logging.SetMinimumLevel(LogLevel.Critical).AddFilter("Orleans.Runtime.MembershipService", LogLevel.Error).AddFilter(typeof(OrleansSilo).Namespace, LogLevel.Information).AddProvider(new OuterLoggers(loggers));
        builder.UseOrleans(silo => Configure(silo, options, time));
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellation).ConfigureAwait(false);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private static void Configure(ISiloBuilder silo, OrleansOptions options, TimeProvider time)
    {
        var primary = new IPEndPoint(IPAddress.Loopback, options.Primary);
        var port = options.Port > 0 ? options.Port : options.Membership is null ? PrimaryOrFree(primary) : Free(IPAddress.Any);
        silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (options.Cluster, "muse"))
            .Configure<SiloOptions>(o => o.SiloName = options.Name)
            // Nobody connects from outside: tenants come through the HTTP API.
            .ConfigureEndpoints(options.Advertised(), port, gatewayPort: 0, listenOnAnyHostAddress: options.Host == IPAddress.Any.ToString())
            .Configure<SiloMessagingOptions>(o => (o.ResponseTimeout, o.SystemResponseTimeout) = (options.Probe * 5, options.Probe * 5))
            .Configure<ClusterMembershipOptions>(o =>
            {
                (o.ProbeTimeout, o.NumMissedProbesLimit, o.NumVotesForDeathDeclaration) = (options.Probe, 3, 1);
                // Silos that were killed together must not keep the next ones from joining.
                (o.IAmAliveTablePublishTimeout, o.NumMissedTableIAmAliveLimit, o.TableRefreshTimeout) = (TimeSpan.FromSeconds(5), 3, TimeSpan.FromSeconds(5));
            })
            // A queue that is there twice for a moment delivers twice at most; one that may not be anywhere delivers nothing.
            .Configure<GrainDirectoryOptions>(o => o.RangeLeaseDuration = TimeSpan.Zero)
            .UseSiloMetadata(SiloRoles.Metadata(options))
            .AddPlacementDirector<CapacityPlacement, CapacityPlacementDirector>();
#pragma warning disable ORLEANSEXP003 // Still called experimental: without it, what a dead silo's part of the directory knew is forgotten.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        if (options.Membership is { } database)
            silo.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = ("Npgsql", MembershipSchema.Within(database)));
        else
            silo.UseDevelopmentClustering(primary);
        silo.Services
            .AddSingleton(options)
            .AddSingleton(time)
            .AddSingleton<SiloRoles>()
            .AddPlacementFilter<SiloRoleFilter, SiloRoleDirector>(ServiceLifetime.Transient);
    }

    // The first silo on the machine has the membership.
    private static int PrimaryOrFree(IPEndPoint primary)
    {
        try
        {
            using var probe = new TcpListener(primary);
            probe.Start();
            return primary.Port;
        }
        catch (SocketException)
        {
            return Free(primary.Address);
        }
    }

    private static int Free(IPAddress address)
    {
        using var probe = new TcpListener(address, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private sealed class OuterLoggers(ILoggerFactory loggers) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

        public void Dispose()
        {
            // They are the caller's.
        }
    }
}
