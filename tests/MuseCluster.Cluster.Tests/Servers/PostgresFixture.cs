using MuseCluster.LocalCluster.Processes;
using MuseCluster.LocalCluster.Servers;

namespace MuseCluster.Cluster.Tests.Servers;

/// <summary>Tests that share one PostgreSQL server; each has a database of its own.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}

/// <summary>A PostgreSQL server that ends with this process.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    public PostgresServer Server { get; } = new(DataFolder.CreateTemporary("muse-postgres-"), outlive: false, durable: false);

    public Task InitializeAsync() => Server.StartAsync();

    /// <summary>Makes an empty database.</summary>
    public Task<string> CreateDatabaseAsync() => Server.CreateDatabaseAsync($"test_{Guid.NewGuid():N}");

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
