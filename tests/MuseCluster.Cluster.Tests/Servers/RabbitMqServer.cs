using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MuseCluster.Cluster.Tests.Servers;

/// <summary>
/// Nodes of a RabbitMQ broker of Debian's rabbitmq-server, on free ports, with data in a temporary folder. Each node, and
/// the port mapper that they share, is a process group that ends with this process: a shell in it waits for the end of
/// its input.
/// </summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("muse-rabbitmq-").FullName;
    private readonly Dictionary<int, Process> _running = [];
    private readonly int _mapperPort;
    private readonly int _tlsPort;
    private readonly int[] _ports;
    private readonly int[] _distributionPorts;
    private readonly Process _mapper;

    private RabbitMqServer(int nodes)
    {
        var ports = FreePorts(2 + (2 * nodes));
        _mapperPort = ports[0];
        _tlsPort = ports[1];
        _ports = ports[2..(2 + nodes)];
        _distributionPorts = ports[(2 + nodes)..];
        WriteCertificate();
        Write(".erlang.cookie", "museclustertests");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(_folder, ".erlang.cookie"), UnixFileMode.UserRead);
        Write("enabled_plugins", "[].");
        for (var i = 0; i < nodes; i++)
            Write($"node{i}.conf", Configuration(i));
        _mapper = Start($"epmd -port {_mapperPort} -address 127.0.0.1");
    }

    public Uri Uri => new($"amqp://guest:guest@127.0.0.1:{_ports[0]}/");

    /// <summary>The first node over TLS; its certificate is for "localhost".</summary>
    public Uri TlsUri => new($"amqps://guest:guest@127.0.0.1:{_tlsPort}/");

    /// <summary>A PEM file of who signed the certificate.</summary>
    public string TlsAuthorities => Path.Combine(_folder, "certificate.pem");

    public IReadOnlyList<string> Hosts => [.. _ports.Select(port => $"127.0.0.1:{port}")];

    /// <summary>A broker that accepts connections on each node.</summary>
    public static async Task<RabbitMqServer> StartAsync(int nodes = 1)
    {
        var server = new RabbitMqServer(nodes);
        try
        {
            // The first is there for the others to join.
            for (var i = 0; i < nodes; i++)
                server.Launch(i);
            for (var i = 0; i < nodes; i++)
                await server.AcceptsAsync(i);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A node's name in its cluster.</summary>
    public static string Name(int node) => $"muse{node}@localhost";

    /// <summary>Kills a node with SIGKILL.</summary>
    public void Kill(int node = 0)
    {
        if (_running.Remove(node, out var process))
            Kill(process);
    }

    /// <summary>Starts a killed node.</summary>
    public async Task RestartAsync(int node = 0)
    {
        Launch(node);
        await AcceptsAsync(node);
    }

    /// <summary>Runs rabbitmqctl on the first node.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> ControlAsync(string arguments)
    {
        var file = Path.Combine(_folder, "control");
        using var process = Start($"/usr/lib/rabbitmq/bin/rabbitmqctl -q -n {Name(0)} {arguments} >{file}");
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"rabbitmqctl {arguments} failed: {Output}");
        return await File.ReadAllTextAsync(file);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var process in _running.Values.Append(_mapper))
            Kill(process);
        _running.Clear();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private string Output => File.ReadAllText(Path.Combine(_folder, "output"));

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        listeners.ForEach(l => l.Stop());
        return ports;
    }

    private static void Kill(Process process)
    {
        using (process)
        {
            // The whole group: the Erlang machine is a child of the shell.
            using (var kill = Process.Start("kill", ["-KILL", "--", string.Create(CultureInfo.InvariantCulture, $"-{process.Id}")]))
                kill.WaitForExit();
            process.WaitForExit();
        }
    }

    private string Configuration(int node) => string.Join('\n',
    [
        $"listeners.tcp.1 = 127.0.0.1:{_ports[node]}",
        "log.console = true",
        "log.console.level = warning",
        "log.file = false",
        // The first to boot would wait for the others to be there.
        "cluster_formation.discovery_retry_limit = 1",
        .. node > 0 ? [] : new[]
        {
            $"listeners.ssl.1 = 127.0.0.1:{_tlsPort}",
            $"ssl_options.certfile = {TlsAuthorities}",
            $"ssl_options.keyfile = {_folder}/key.pem",
        },
        .. _ports.Length == 1 ? [] : _ports.Select((_, i) => $"cluster_formation.classic_config.nodes.{i + 1} = {Name(i)}").Prepend("cluster_formation.peer_discovery_backend = classic_config"),
        "",
    ]);

    private void Launch(int node) => _running[node] = Start(
        "/usr/lib/rabbitmq/bin/rabbitmq-server",
        ("RABBITMQ_NODENAME", Name(node)),
        ("RABBITMQ_MNESIA_BASE", Path.Combine(_folder, $"node{node}")),
        ("RABBITMQ_LOG_BASE", Path.Combine(_folder, "log")),
        ("RABBITMQ_CONFIG_FILE", Path.Combine(_folder, $"node{node}.conf")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", Path.Combine(_folder, "enabled_plugins")),
        ("RABBITMQ_DIST_PORT", _distributionPorts[node].ToString(CultureInfo.InvariantCulture)),
        ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+S 1:1"));

    private Process Start(string command, params ReadOnlySpan<(string Name, string Value)> variables)
    {
        // What runs in the background gets no input of its own, hence the third descriptor.
        var shell = $"exec 3<&0 >>output 2>&1; {{ read -r line <&3; kill -KILL 0; }} & exec {command} </dev/null 3<&-";
        var start = new ProcessStartInfo("setsid", ["sh", "-c", shell]) { RedirectStandardInput = true, WorkingDirectory = _folder };
        start.Environment["HOME"] = _folder;
        start.Environment["ERL_EPMD_PORT"] = _mapperPort.ToString(CultureInfo.InvariantCulture);
        start.Environment["ERL_EPMD_ADDRESS"] = "127.0.0.1";
        start.Environment["RABBITMQ_CONF_ENV_FILE"] = "/dev/null";
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private void WriteCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Write("certificate.pem", certificate.ExportCertificatePem());
        Write("key.pem", key.ExportPkcs8PrivateKeyPem());
    }

    private async Task AcceptsAsync(int node)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            var process = _running[node];
            if (process.HasExited || waited.Elapsed > StartTime)
                throw new InvalidOperationException($"RabbitMQ does not start: is rabbitmq-server installed? {Output}");
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _ports[node]);
                return;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);
}
