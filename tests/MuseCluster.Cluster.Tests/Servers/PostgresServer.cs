using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace MuseCluster.Cluster.Tests.Servers;

/// <summary>Tests that share one PostgreSQL server; each has a database of its own.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}

/// <summary>A PostgreSQL server on a free loopback port, with its data in a temporary folder. It ends with this process.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    // A shell stands between: the end of its input, whatever this process dies of, ends the server and takes its folder away.
    private const string Wrapper = """
        bin=$1 data=$2 port=$3
        [ -d "$data" ] || "$bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C -N >"$data.log" 2>&1 || exit 1
        "$bin/postgres" -D "$data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
            -c fsync=off -c autovacuum_naptime=10 >>"$data.log" 2>&1 </dev/null &
        if read -r signal; then
            kill -s "$signal" $!
            wait $!
        else
            kill -s QUIT $!
            wait $!
            rm -rf "$data" "$data.log"
        fi
        """;

    private readonly string data = Path.Combine(Path.GetTempPath(), $"muse-postgres-{Guid.NewGuid():N}");
    private readonly int port = FreePort();
    private Process? process;

    public async Task InitializeAsync() => await StartAsync();

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection, as the ledger takes it.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Guid.NewGuid():N}";
        await using var source = NpgsqlDataSource.Create(Keys("postgres"));
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return $"postgres://postgres@127.0.0.1:{port}/{name}";
    }

    /// <summary>Ends every connection and the server, in good order.</summary>
    public Task StopAsync() => EndAsync("INT");

    /// <summary>Ends the server as a crash does.</summary>
    public Task KillAsync() => EndAsync("QUIT");

    /// <summary>Starts the server on its port, with the data it had.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo { RedirectStandardInput = true, WorkingDirectory = Path.GetTempPath() };
        // The server refuses to run as root.
        string[] shell = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", "sh"] : ["sh"];
        start.FileName = shell[0];
        foreach (var argument in (string[])[.. shell[1..], "-c", Wrapper, "sh", Binaries(), data, $"{port}"])
            start.ArgumentList.Add(argument);
        process = Process.Start(start)!;
        await using var source = NpgsqlDataSource.Create(Keys("postgres"));
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(50))
            try
            {
                await using var connection = await source.OpenConnectionAsync();
                return;
            }
            catch (NpgsqlException) when (!process.HasExited && watch.Elapsed < TimeSpan.FromSeconds(60))
            {
            }
            catch (NpgsqlException e)
            {
                throw new InvalidOperationException($"PostgreSQL does not start: {(File.Exists($"{data}.log") ? File.ReadAllText($"{data}.log") : "no log")}", e);
            }
    }

    public async Task DisposeAsync()
    {
        if (process is null)
            return;
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        if (Directory.Exists(data))
            Directory.Delete(data, recursive: true);
        File.Delete($"{data}.log");
    }

    private async Task EndAsync(string signal)
    {
        await process!.StandardInput.WriteLineAsync(signal);
        await process.StandardInput.FlushAsync();
        await process.WaitForExitAsync();
    }

    private string Keys(string database) => $"Host=127.0.0.1;Port={port};Username=postgres;Database={database};Pooling=false;Timeout=5";

    private static string Binaries() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Max()!
        : throw new InvalidOperationException("PostgreSQL is not installed: expected /usr/lib/postgresql/VERSION/bin; on Debian, install the package postgresql");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
