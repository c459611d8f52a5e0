using System.Net;
using System.Net.Sockets;

namespace MuseCluster.LocalCluster.Processes;

/// <summary>Ports that nobody uses.</summary>
public static class FreePort
{
    /// <summary>A free port of the loopback address. Somebody else may take it before it is used; that is rare.</summary>
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
