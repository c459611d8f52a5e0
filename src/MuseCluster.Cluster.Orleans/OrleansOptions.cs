using System.Net;
using System.Net.Sockets;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Orleans;

/// <summary>What a silo is to the Orleans cluster, and how that cluster is found.</summary>
public sealed record OrleansOptions
{
    /// <summary>Where others reach the silo, and where it listens: its own address on a network, or 0.0.0.0 for all of the machine, whose first address others are told. Default: loopback.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port of the silos' own traffic; 0 for a free one, which is the default.</summary>
    public int Port { get; init; }

    /// <summary>The cluster's name: silos of different ones do not see each other. Default muse.</summary>
    public string Cluster { get; init; } = "muse";

    /// <summary>The PostgreSQL database of the membership, in Npgsql's form; null where all silos are on this machine, and <see cref="Primary"/> has the membership.</summary>
    public string? Membership { get; init; }

    /// <summary>The port of the silo on this machine that has the membership, where no database has it: it must be the first, and the last. Default 11111.</summary>
    public int Primary { get; init; } = 11111;

    /// <summary>The silo's name.</summary>
    public required string Name { get; init; }

    /// <summary>The stages it serves. Default: all.</summary>
    public IReadOnlyList<Stage> Stages { get; init; } = StageNames.All;

    /// <summary>Whether it is a gateway. Default: yes.</summary>
    public bool Gateway { get; init; } = true;

    /// <summary>The names of its models.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Items that each of its stages holds at once. At least 1, default 16.</summary>
    public int Capacity { get; init; } = 16;

    /// <summary>How often an item is delivered without being acknowledged before it becomes undeliverable. At least 1, default 5.</summary>
    public int MostDeliveries { get; init; } = 5;

    /// <summary>Most events that wait for a listener; it loses the oldest beyond. At least 1, default 256.</summary>
    public int EventBuffer { get; init; } = 256;

    /// <summary>How long calls may wait for silos that are not there. Default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a silo may leave a probe unanswered; after three of them it counts as dead, and has to start again. Default 1 s.</summary>
    public TimeSpan Probe { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often jobs and queues look for what was lost; a serving that is silent for fifteen times as long is taken for dead. Default 1 s.</summary>
    public TimeSpan CheckEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Reads <c>orleans</c> or <c>orleans://HOST[:PORT][/CLUSTER]</c>.</summary>
    /// <param name="address">The text.</param>
    /// <param name="name">The silo's name.</param>
    /// <param name="membership">See <see cref="Membership"/>.</param>
    /// <returns>Options with their defaults, but for these.</returns>
    /// <exception cref="ArgumentException">It is neither; the message says what is expected.</exception>
    public static OrleansOptions Parse(string address, string name, string? membership)
    {
        var options = new OrleansOptions { Name = name, Membership = membership };
        if (address != OrleansEngine.Scheme)
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme != OrleansEngine.Scheme || url.Host.Length == 0 || url.Query.Length > 0 || url.UserInfo.Length > 0)
                throw new ArgumentException($"is '{address}', expected {OrleansEngine.Scheme}, or {OrleansEngine.Scheme}://HOST[:PORT][/CLUSTER]");
            options = options with { Host = url.Host, Port = Math.Max(0, url.Port), Cluster = url.AbsolutePath.Length > 1 ? url.AbsolutePath[1..] : options.Cluster };
        }
        options.Problems().ThrowIfAny("the mesh is wrong");
        return options;
    }

    /// <summary>What is wrong with the options.</summary>
    /// <returns>The field, and what was found and what is expected; empty if all is well.</returns>
    public IEnumerable<(string Field, string Problem)> Problems()
    {
        if (Port is < 0 or > 65535)
            yield return (nameof(Port), $"is {Port}, expected 0 to 65535");
        if (Primary is < 1 or > 65535)
            yield return (nameof(Primary), $"is {Primary}, expected 1 to 65535");
        if (!NameRule.Holds(Cluster))
            yield return (nameof(Cluster), $"is '{Cluster}', expected {NameRule.Expected}");
        if (Membership is null && !(IPAddress.TryParse(Host, out var host) && IPAddress.IsLoopback(host)) && Host != "localhost")
            yield return (nameof(Host), $"is {Host}, but no database has the membership: expected a ledger at postgres://, or a loopback address");
        foreach (var (field, value) in new[] { (nameof(Capacity), Capacity), (nameof(MostDeliveries), MostDeliveries), (nameof(EventBuffer), EventBuffer) })
            if (value < 1)
                yield return (field, $"is {value}, expected at least 1");
        foreach (var (field, value) in new[] { (nameof(Timeout), Timeout), (nameof(Probe), Probe), (nameof(CheckEvery), CheckEvery) })
            if (value <= TimeSpan.Zero || value > TimeSpan.FromHours(1))
                yield return (field, $"is {value}, expected more than nothing, at most an hour");
    }

    /// <summary>The address that others are told.</summary>
    /// <exception cref="SocketException">The host has none, or its name is unknown.</exception>
    internal IPAddress Advertised()
    {
        if (IPAddress.TryParse(Host, out var address) && !address.Equals(IPAddress.Any))
            return address;
        var all = Dns.GetHostAddresses(address is null ? Host : Dns.GetHostName(), AddressFamily.InterNetwork);
        return all.FirstOrDefault(a => address is null || !IPAddress.IsLoopback(a)) ?? throw new SocketException((int)SocketError.HostNotFound);
    }
}
