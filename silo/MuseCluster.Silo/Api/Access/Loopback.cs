using System.Net;

namespace MuseCluster.Silo.Api.Access;

/// <summary>Which hosts only this machine reaches.</summary>
internal static class Loopback
{
    /// <summary>Whether a host is this machine's own.</summary>
    /// <param name="host">A name or an address.</param>
    public static bool Is(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Whether all of some URLs are this machine's own.</summary>
    /// <param name="urls">URLs with ';' between them, as ASP.NET takes them.</param>
    public static bool All(string urls) => Array.TrueForAll(urls.Split(';'), url => Uri.TryCreate(url, UriKind.Absolute, out var parsed) && Is(parsed.Host));
}
