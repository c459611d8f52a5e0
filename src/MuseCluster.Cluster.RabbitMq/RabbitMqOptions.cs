using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.RabbitMq;

/// <summary>Where RabbitMQ is, and how the mesh uses it.</summary>
public sealed record RabbitMqOptions
{
    /// <summary>The longest prefix, in characters.</summary>
    public const int LongestPrefix = 63;

    /// <summary>The broker with its credentials and virtual host: amqp://user:password@host:port/vhost, or amqps for TLS.</summary>
    public required Uri Uri { get; init; }

    /// <summary>
    /// The nodes of a broker cluster as host or host:port, in place of the host of <see cref="Uri"/>; the port defaults to
    /// its. Connections go to one of those that answer. Empty by default.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>With which the names of all queues and exchanges start, so that clusters can share a virtual host.</summary>
    public string Prefix { get; init; } = "muse";

    /// <summary>
    /// How often an item is delivered without being acknowledged before it becomes undeliverable. From 1; part of the
    /// queues, so all silos must agree on it.
    /// </summary>
    public int MostDeliveries { get; init; } = 5;

    /// <summary>Nodes that each queue is kept on; null for the broker's default. Part of a queue from its first declaration on.</summary>
    public int? QuorumSize { get; init; }

    /// <summary>Most events that wait to be published, and for each listener; the oldest are lost beyond. At least 1.</summary>
    public int EventBuffer { get; init; } = 256;

    /// <summary>How long a call tries to reach the broker before it fails.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the broker may take to confirm what was sent before it is sent again on a fresh channel: what is sent while
    /// a queue has no leader may never be confirmed. An item comes twice where the broker was only slow.
    /// </summary>
    public TimeSpan ConfirmTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often either side shows that it is there; twice that silent, it counts as gone. From 1 to 600 seconds.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause before what was lost is opened again; it doubles with each failure.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest such pause. Not below <see cref="FirstDelay"/>.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The name on the broker's certificate; null for the host's. Needs amqps.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>A PEM file of the authorities that may sign the broker's certificate; null for those the machine trusts. Needs amqps.</summary>
    public string? TlsAuthorities { get; init; }

    internal bool Tls => Uri.Scheme == "amqps";

    /// <summary>Reads an address that may name several nodes: amqp://user:password@host,host:port/vhost.</summary>
    /// <param name="address">The address.</param>
    /// <param name="authorities">See <see cref="TlsAuthorities"/>.</param>
    /// <returns>Options with their defaults, but for these.</returns>
    /// <exception cref="ArgumentException">It is none; the message says what is expected.</exception>
    public static RabbitMqOptions Parse(string address, string? authorities = null)
    {
        // A URL has one host: all but the first are taken out.
        var start = address.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = address.IndexOf('/', Math.Min(start, address.Length));
        end = end < 0 ? address.Length : end;
        var hosts = Math.Max(start, start >= 3 && start < end ? address.LastIndexOf('@', end - 1) + 1 : 0);
        var names = address[Math.Min(hosts, end)..end].Split(',');
        var single = string.Concat(address.AsSpan(0, Math.Min(hosts, end)), names[0], address.AsSpan(end));
        if (!Uri.TryCreate(single, UriKind.Absolute, out var uri))
            throw new ArgumentException("is no broker's address, expected amqp://user:password@host,host:port/vhost or amqps", nameof(address));
        var options = new RabbitMqOptions { Uri = uri, Hosts = names.Length > 1 ? names : [], TlsAuthorities = authorities };
        options.Problems().ThrowIfAny("the broker's address is wrong");
        return options;
    }

    /// <summary>What is wrong with the options.</summary>
    /// <returns>The field, and what was found and what is expected; empty if all is well.</returns>
    public IEnumerable<(string Field, string Problem)> Problems()
    {
        if (!Uri.IsAbsoluteUri || Uri.Scheme is not ("amqp" or "amqps") || Uri.Host.Length == 0)
            yield return (nameof(Uri), "is no broker's address, expected amqp://user:password@host:port/vhost or amqps");
        else if (!Tls && TlsServerName is not null)
            yield return (nameof(TlsServerName), "is set, but the address is amqp; expected amqps");
        else if (!Tls && TlsAuthorities is not null)
            yield return (nameof(TlsAuthorities), "is set, but the address is amqp; expected amqps");
        for (var i = 0; i < Hosts.Count; i++)
            if (!TryParse(Hosts[i], 0, out _, out _))
                yield return ($"{nameof(Hosts)}[{i}]", $"is '{Hosts[i]}', expected host or host:port");
        if (Prefix.Length is 0 or > LongestPrefix || !Prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            yield return (nameof(Prefix), $"is '{Prefix}', expected 1 to {LongestPrefix} letters, digits, '-', '_' and '.'");
        if (MostDeliveries < 1)
            yield return (nameof(MostDeliveries), $"is {MostDeliveries}, expected at least 1");
        if (QuorumSize < 1)
            yield return (nameof(QuorumSize), $"is {QuorumSize}, expected at least 1");
        if (EventBuffer < 1)
            yield return (nameof(EventBuffer), $"is {EventBuffer}, expected at least 1");
        if (Timeout <= TimeSpan.Zero)
            yield return (nameof(Timeout), $"is {Timeout}, expected more than 0");
        if (ConfirmTimeout <= TimeSpan.Zero)
            yield return (nameof(ConfirmTimeout), $"is {ConfirmTimeout}, expected more than 0");
        if (Heartbeat < TimeSpan.FromSeconds(1) || Heartbeat > TimeSpan.FromSeconds(600))
            yield return (nameof(Heartbeat), $"is {Heartbeat}, expected 1 to 600 seconds");
        if (FirstDelay <= TimeSpan.Zero)
            yield return (nameof(FirstDelay), $"is {FirstDelay}, expected more than 0");
        if (LongestDelay < FirstDelay)
            yield return (nameof(LongestDelay), $"is {LongestDelay}, expected at least {nameof(FirstDelay)}, {FirstDelay}");
        if (TlsAuthorities is not null && !File.Exists(TlsAuthorities))
            yield return (nameof(TlsAuthorities), $"is '{TlsAuthorities}', expected a file");
    }

    /// <summary>Where the broker is, without the credentials.</summary>
    public override string ToString() => Uri.IsAbsoluteUri ? $"{Uri.Scheme}://{(Hosts.Count > 0 ? string.Join(',', Hosts) : Uri.Authority)}, {Prefix}" : Prefix;

    internal static bool TryParse(string text, int defaultPort, out string host, out int port)
    {
        (host, port) = (text, defaultPort);
        if (text.Length == 0 || !Uri.TryCreate($"amqp://{text}", UriKind.Absolute, out var uri) || uri.Host.Length == 0
            || uri.PathAndQuery is not ("" or "/") || uri.UserInfo.Length > 0)
            return false;
        (host, port) = (uri.Host, uri.IsDefaultPort || uri.Port < 0 ? defaultPort : uri.Port);
        return true;
    }
}
