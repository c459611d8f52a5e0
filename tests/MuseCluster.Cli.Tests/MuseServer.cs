using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using MuseCluster.Client;

namespace MuseCluster.Cli.Tests;

/// <summary><c>muse serve</c> as a process, with data in a folder of its own, that can be killed and started again.</summary>
public sealed class MuseServer : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort();
    private readonly StringBuilder _log = new();
    private Process? _process;

    /// <summary>Starts it.</summary>
    public MuseServer() => Start();

    /// <summary>Where it listens.</summary>
    public string Url => $"http://127.0.0.1:{_port}";

    /// <summary>What it printed when it served.</summary>
    public JsonNode Printed { get; private set; } = null!;

    /// <summary>A client of it.</summary>
    public MuseClient Client() => new(new MuseClientOptions { Server = new Uri(Url) });

    /// <summary>Starts it on the port and the data that it had.</summary>
    public void Start()
    {
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "muse.dll"), "serve", "--urls", Url, "--ledger", $"sqlite:{_folder["ledger.db"]}", "--blobs", _folder["artifacts"], "--lease", "4", "--json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
                _log.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
        var said = new StringBuilder();
        var reading = Task.Run(() =>
        {
            while (_process.StandardOutput.ReadLine() is { } line)
            {
                said.AppendLine(line);
                if (line == "}")
                    return true;
            }
            return false;
        });
        if (!reading.Wait(Limit) || !reading.Result)
            throw new InvalidOperationException($"muse serve did not come up: {said}{_log}");
        Printed = JsonNode.Parse(said.ToString())!;
    }

    /// <summary>Kills it.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _folder.Dispose();
    }

    /// <summary>A port that nothing listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
