using System.Diagnostics;
using System.Globalization;
using MuseCluster.LocalCluster.Processes;

namespace MuseCluster.LocalCluster.Servers;

/// <summary>A node of <see cref="RabbitMqCluster"/>.</summary>
public sealed class RabbitMqNode : LocalServer
{
    private const string Programs = "/usr/lib/rabbitmq/bin";
    private readonly int _index, _count, _mapper;
    private readonly int _port = FreePort.Take();
    private readonly int _distribution = FreePort.Take();

    internal RabbitMqNode(string folder, bool outlive, int index, int count, int mapper)
        : base(folder, outlive) => (_index, _count, _mapper) = (index, count, mapper);

    /// <inheritdoc/>
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"RabbitMQ's node {_index}");

    /// <inheritdoc/>
    public override string Connection => $"amqp://guest:guest@{Host}/";

    /// <summary>Host and port.</summary>
    public string Host => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    /// <summary>Runs rabbitmqctl on the node.</summary>
    /// <param name="arguments">What follows the program's name.</param>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task ControlAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Programs, "rabbitmqctl"), ["-q", "-n", NodeName(_index), .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var (name, value) in Environment())
            start.Environment[name] = value;
        using var process = System.Diagnostics.Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)} failed: {error} {await output.ConfigureAwait(false)}");
    }

    /// <inheritdoc/>
    protected override Task PrepareAsync(CancellationToken cancellation)
    {
        if (!File.Exists(Path.Combine(Programs, "rabbitmq-server")))
            throw new InvalidOperationException($"RabbitMQ is not installed: expected {Programs}/rabbitmq-server; on Debian: apt-get install rabbitmq-server");
        File.WriteAllText(Path.Combine(Folder, "enabled_plugins"), "[].");
        File.WriteAllLines(Path.Combine(Folder, "rabbitmq.conf"),
        [
            string.Create(CultureInfo.InvariantCulture, $"listeners.tcp.1 = 127.0.0.1:{_port}"),
            "log.console = true", "log.console.level = warning", "log.file = false",
            "vm_memory_high_watermark.absolute = 1GB", "disk_free_limit.absolute = 50MB",
            .. _count == 1 ? [] : Enumerable.Range(0, _count).Select(i => string.Create(CultureInfo.InvariantCulture, $"cluster_formation.classic_config.nodes.{i + 1} = {NodeName(i)}"))
                .Prepend("cluster_formation.peer_discovery_backend = classic_config"),
        ]);
        var cookie = Path.Combine(Folder, ".erlang.cookie");
        if (File.Exists(cookie))
            return Task.CompletedTask;
        // One for all nodes; who reaches the loopback address is trusted on it anyway.
        File.WriteAllText(cookie, "musecluster");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(cookie, UnixFileMode.UserRead);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Command() => [Path.Combine(Programs, "rabbitmq-server")];

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Environment() => new Dictionary<string, string>
    {
        ["HOME"] = Folder,
        ["ERL_EPMD_PORT"] = _mapper.ToString(CultureInfo.InvariantCulture),
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
        ["RABBITMQ_NODENAME"] = NodeName(_index),
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(Folder, "data"),
        ["RABBITMQ_LOG_BASE"] = Folder,
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(Folder, "rabbitmq.conf"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(Folder, "enabled_plugins"),
        ["RABBITMQ_DIST_PORT"] = _distribution.ToString(CultureInfo.InvariantCulture),
        // Its schedulers spin while they wait; a development machine has few cores.
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+S 1:1 +sbwt none",
    };

    /// <inheritdoc/>
    protected override Task<bool> ServesAsync(CancellationToken cancellation) => PortMapper.AcceptsAsync(_port, cancellation);

    private static string NodeName(int index) => string.Create(CultureInfo.InvariantCulture, $"muse{index}@localhost");
}
