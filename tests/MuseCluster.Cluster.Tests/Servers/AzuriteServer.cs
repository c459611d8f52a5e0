using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MuseCluster.Cluster.Tests.Servers;

/// <summary>Azure's blob storage on this machine: Azurite, on a free loopback port, with its data in a temporary folder.</summary>
public sealed class AzuriteServer : IAsyncLifetime
{
    // Ends the server when its stdin does, which is when this process ends, however it does. The data stay only where a line
    // says so. It prints nothing: there may be nobody left to read it, which would end it too early.
    private const string Guard =
        """
        exec >/dev/null 2>&1
        folder=$1; shift
        "$@" >"$folder/azurite.log" 2>&1 & server=$!
        read -r keep
        kill $server
        (sleep 5; kill -KILL $server) & killer=$!
        wait $server
        kill $killer
        [ -n "$keep" ] || rm -rf "$folder"
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("muse-azurite-").FullName;
    private readonly int _port = FreePort();
    private Process? _process;

    /// <summary>How to reach it; the key is the one that every Azurite has.</summary>
    public string Connection =>
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
        + "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
        + $"BlobEndpoint=http://127.0.0.1:{_port}/devstoreaccount1";

    /// <summary>Starts it, with the data it had.</summary>
    public async Task StartAsync()
    {
        var program = Path.Combine(Root(), ".build", "azurite", "node_modules", ".bin", "azurite-blob");
        if (!File.Exists(program))
            throw new FileNotFoundException($"{program} is not there; ./test installs it");
        string[] arguments =
        [
            "-c", Guard, "sh", _folder, program, "--blobHost", "127.0.0.1", "--blobPort", $"{_port}", "--location", _folder,
            "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--disableProductStyleUrl",
        ];
        _process = Process.Start(new ProcessStartInfo("sh", arguments) { RedirectStandardInput = true })!;
        for (var clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _port);
                return;
            }
            catch (SocketException e)
            {
                if (clock.Elapsed > Patience)
                    throw new InvalidOperationException($"Azurite does not listen on port {_port} after {Patience}: {File.ReadAllText(Path.Combine(_folder, "azurite.log"))}", e);
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Stops it; its data stay.</summary>
    public async Task StopAsync()
    {
        await _process!.StandardInput.WriteLineAsync("keep");
        await EndAsync();
    }

    /// <inheritdoc/>
    public Task InitializeAsync() => StartAsync();

    /// <inheritdoc/>
    public Task DisposeAsync() => _process is null ? Task.CompletedTask : EndAsync();

    private async Task EndAsync()
    {
        _process!.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "MuseCluster.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds MuseCluster.sln");
    }
}

/// <summary>The tests that share one Azurite; they run one after the other, since some stop it.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteCollection : ICollectionFixture<AzuriteServer>
{
    public const string Name = "azurite";
}
