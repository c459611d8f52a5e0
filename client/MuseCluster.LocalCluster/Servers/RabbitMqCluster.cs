using System.Globalization;
using MuseCluster.LocalCluster.Processes;

namespace MuseCluster.LocalCluster.Servers;

/// <summary>RabbitMQ, from Debian's package: nodes that know each other, and the port mapper by which they find each other.</summary>
public sealed class RabbitMqCluster : IAsyncDisposable
{
    private readonly string _folder;
    private readonly PortMapper _mapper;

    /// <summary>Prepares a cluster.</summary>
    /// <param name="folder">Where data and logs go.</param>
    /// <param name="outlive">Whether it goes on when this process ends.</param>
    /// <param name="nodes">How many nodes.</param>
    public RabbitMqCluster(string folder, bool outlive, int nodes = 1)
    {
        _folder = folder;
        _mapper = new PortMapper(Path.Combine(folder, "epmd"), outlive);
        Nodes = [.. Enumerable.Range(0, nodes).Select(i => new RabbitMqNode(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"node{i}")), outlive, i, nodes, _mapper.Port))];
    }

    /// <summary>The nodes.</summary>
    public IReadOnlyList<RabbitMqNode> Nodes { get; }

    /// <summary>How to reach it: all nodes in one URL.</summary>
    public string Connection => $"amqp://guest:guest@{string.Join(',', Nodes.Select(n => n.Host))}/";

    /// <summary>All processes, for those who end them later.</summary>
    public IEnumerable<LocalServer> Servers => [_mapper, .. Nodes];

    /// <summary>Starts all nodes with the data they had, and waits until they serve.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        await _mapper.StartAsync(cancellation).ConfigureAwait(false);
        // Each waits for its peers to come up.
        await Task.WhenAll(Nodes.Select(n => n.StartAsync(cancellation))).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers.Reverse())
            await server.DisposeAsync().ConfigureAwait(false);
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
