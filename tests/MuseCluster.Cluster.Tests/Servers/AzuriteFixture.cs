using MuseCluster.LocalCluster.Processes;
using MuseCluster.LocalCluster.Servers;

namespace MuseCluster.Cluster.Tests.Servers;

/// <summary>The tests that share one Azurite; they run one after the other, since some stop it.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteCollection : ICollectionFixture<AzuriteFixture>
{
    public const string Name = "azurite";
}

/// <summary>An Azurite that ends with this process; ./test installs it.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    public AzuriteServer Server { get; } = new(
        DataFolder.CreateTemporary("muse-azurite-"), outlive: false, Path.Combine(TestFolder.Repository, ".build", "azurite", "node_modules", ".bin", "azurite-blob"));

    public Task InitializeAsync() => Server.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
