using System.Net.Sockets;

namespace MuseCluster.Client;

/// <summary>The server cannot be reached, or a connection to it broke.</summary>
/// <param name="server">The server.</param>
/// <param name="cause">What happened.</param>
public sealed class MuseConnectionException(Uri server, Exception cause)
    : Exception(IsRefusal(cause) ? $"nothing listens at {Name(server)}" : $"the connection to {Name(server)} failed: {cause.Message}", cause)
{
    /// <summary>The server.</summary>
    public Uri Server { get; } = server;

    /// <summary>Whether nothing listens there, as opposed to a connection that broke.</summary>
    public bool Refused { get; } = IsRefusal(cause);

    private static bool IsRefusal(Exception cause) => cause.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    private static string Name(Uri server) => server.GetLeftPart(UriPartial.Authority);
}
