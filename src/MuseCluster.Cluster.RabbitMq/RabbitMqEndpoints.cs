using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;

namespace MuseCluster.Cluster.RabbitMq;

/// <summary>What the client library needs to connect as the options say.</summary>
internal static class RabbitMqEndpoints
{
    /// <summary>The client's own recovery is off: it keeps unread deliveries of dead channels, and gives up on some errors.</summary>
    public static ConnectionFactory Factory(RabbitMqOptions options) => new()
    {
        Uri = options.Uri,
        ClientProvidedName = $"{options.Prefix}@{Environment.MachineName}",
        AutomaticRecoveryEnabled = false,
        TopologyRecoveryEnabled = false,
        RequestedHeartbeat = options.Heartbeat,
        RequestedConnectionTimeout = TimeSpan.FromSeconds(5),
        ContinuationTimeout = TimeSpan.FromSeconds(10),
    };

    public static List<AmqpTcpEndpoint> All(RabbitMqOptions options)
    {
        var port = options.Uri.Port > 0 ? options.Uri.Port : options.Tls ? 5671 : 5672;
        if (options.Hosts.Count == 0)
            return [new AmqpTcpEndpoint(options.Uri.Host, port, Ssl(options, options.Uri.Host))];
        var endpoints = new List<AmqpTcpEndpoint>();
        foreach (var text in options.Hosts)
            if (RabbitMqOptions.TryParse(text, port, out var host, out var itsPort))
                endpoints.Add(new AmqpTcpEndpoint(host, itsPort, Ssl(options, host)));
        return endpoints;
    }

    private static SslOption Ssl(RabbitMqOptions options, string host)
    {
        if (!options.Tls)
            return new SslOption();
        var ssl = new SslOption(options.TlsServerName ?? host) { Enabled = true };
        if (options.TlsAuthorities is { } file)
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(file);
            ssl.CertificateValidationCallback = (_, certificate, _, errors) => Trusted(certificate, errors, authorities);
        }
        return ssl;
    }

    private static bool Trusted(X509Certificate? certificate, SslPolicyErrors errors, X509Certificate2Collection authorities)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var copy = new X509Certificate2(certificate);
        return chain.Build(copy);
    }
}
