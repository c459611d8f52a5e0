using System.Net;
using System.Net.Sockets;
using MuseCluster.LocalCluster.Processes;

namespace MuseCluster.LocalCluster.Servers;

/// <summary>Erlang's port mapper, by which RabbitMQ's nodes find each other, on a port of its own beside the machine's.</summary>
/// <param name="folder">Where its log goes.</param>
/// <param name="outlive">Whether it goes on when this process ends.</param>
internal sealed class PortMapper(string folder, bool outlive) : LocalServer(folder, outlive)
{
    /// <summary>Its port.</summary>
    public int Port { get; } = FreePort.Take();

    /// <inheritdoc/>
    public override string Name => "epmd";

    /// <inheritdoc/>
    public override string Connection => $"127.0.0.1:{Port}";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Command() => ["epmd", "-port", $"{Port}", "-address", "127.0.0.1"];

    /// <inheritdoc/>
    protected override Task<bool> ServesAsync(CancellationToken cancellation) => AcceptsAsync(Port, cancellation);

    /// <summary>Whether somebody listens on a loopback port.</summary>
    /// <param name="port">The port.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    internal static async Task<bool> AcceptsAsync(int port, CancellationToken cancellation)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
