using MuseCluster.Silo.Api.Access;
using MuseCluster.Tests.Shared;

namespace MuseCluster.Silo.Tests.Api;

/// <summary>A gateway where a key is wanted.</summary>
public sealed class KeyedGatewayFixture : GatewayFixture
{
    protected override AccessMode? Access => AccessMode.Keys;
}
