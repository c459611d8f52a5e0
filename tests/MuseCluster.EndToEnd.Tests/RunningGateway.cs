using MuseCluster.Cluster.Work;
using MuseCluster.Tests.Shared;

namespace MuseCluster.EndToEnd.Tests;

/// <summary>A silo as it runs alone, whose tests do not see each other's pictures.</summary>
public sealed class RunningGateway : GatewayFixture
{
    /// <summary>Where it answers, without a slash at the end.</summary>
    public string Address => new Uri(Http.BaseAddress!, "/").ToString().TrimEnd('/');

    /// <summary>A key of a new tenant.</summary>
    public Task<string> KeyAsync(TenantLimits? limits = null) => KeyOfAsync($"tenant-{Guid.NewGuid():N}"[..20], limits);
}
