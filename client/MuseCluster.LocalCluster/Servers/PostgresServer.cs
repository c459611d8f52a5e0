using System.Diagnostics;
using MuseCluster.LocalCluster.Processes;
using Npgsql;

namespace MuseCluster.LocalCluster.Servers;

/// <summary>PostgreSQL, from Debian's package or any other that put it under /usr/lib/postgresql.</summary>
/// <param name="folder">Where its data and its log go.</param>
/// <param name="outlive">Whether it goes on when this process ends.</param>
/// <param name="durable">Whether it survives the loss of power; tests do without.</param>
public sealed class PostgresServer(string folder, bool outlive, bool durable = true) : LocalServer(folder, outlive)
{
    /// <summary>Its name in messages and states.</summary>
    public const string ServerName = "PostgreSQL";

    private const string User = "postgres";
    private readonly int _port = FreePort.Take();

    /// <inheritdoc/>
    public override string Name => ServerName;

    /// <inheritdoc/>
    public override string Connection => Database(User);

    /// <inheritdoc/>
    protected override Signal Stopping => Signal.Interrupt;

    /// <inheritdoc/>
    /// <remarks>It writes nothing more. After SIGKILL it would not start again as long as anybody has not taken note of its end.</remarks>
    protected override Signal Crashing => Signal.Quit;

    private string Data => Path.Combine(Folder, "data");

    // The server refuses to run as root.
    private static string[] AsUser => System.Environment.UserName == "root" ? ["runuser", "-u", User, "--"] : [];

    private static string Binaries => Directory.Exists("/usr/lib/postgresql")
        && Directory.GetDirectories("/usr/lib/postgresql").Select(v => Path.Combine(v, "bin")).Where(b => File.Exists(Path.Combine(b, "initdb"))).Max() is { } bin
            ? bin
            : throw new InvalidOperationException("PostgreSQL is not installed: expected /usr/lib/postgresql/VERSION/bin; on Debian: apt-get install postgresql");

    /// <summary>How a database is reached.</summary>
    /// <param name="name">The database.</param>
    public string Database(string name) => $"postgres://{User}@127.0.0.1:{_port}/{name}";

    /// <summary>Makes an empty database.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>How it is reached.</returns>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellation = default)
    {
        await using var source = NpgsqlDataSource.Create(Keys);
        await using var command = source.CreateCommand($"CREATE DATABASE \"{name}\"");
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        return Database(name);
    }

    /// <inheritdoc/>
    protected override async Task PrepareAsync(CancellationToken cancellation)
    {
        if (Directory.Exists(Data))
            return;
        Directory.CreateDirectory(Data);
        if (AsUser.Length > 0)
        {
            await RunAsync(["chown", User, Data], cancellation).ConfigureAwait(false);
            if (!await PassesAsync(cancellation).ConfigureAwait(false))
            {
                Directory.Delete(Data);
                throw new InvalidOperationException($"PostgreSQL runs as the user {User}, who cannot reach {Data}: take a folder whose parents others may pass through, or start as another user than root");
            }
        }
        await RunAsync([.. AsUser, Path.Combine(Binaries, "initdb"), "-D", Data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"], cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Command() =>
    [
        .. AsUser, Path.Combine(Binaries, "postgres"), "-D", Data, "-p", $"{_port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
        "-c", durable ? "fsync=on" : "fsync=off", "-c", "max_connections=300",
    ];

    /// <inheritdoc/>
    protected override async Task<bool> ServesAsync(CancellationToken cancellation)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Keys);
            await connection.OpenAsync(cancellation).ConfigureAwait(false);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private async Task<bool> PassesAsync(CancellationToken cancellation)
    {
        try
        {
            await RunAsync([.. AsUser, "test", "-w", Data], cancellation).ConfigureAwait(false);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private string Keys => $"Host=127.0.0.1;Port={_port};Username={User};Database=postgres;Pooling=false;Timeout=5";

    private static async Task RunAsync(IReadOnlyList<string> command, CancellationToken cancellation)
    {
        using var process = System.Diagnostics.Process.Start(new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath(),
        })!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = await process.StandardError.ReadToEndAsync(cancellation).ConfigureAwait(false);
        await output.ConfigureAwait(false);
        await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command[^1]} ended with {process.ExitCode}: {error.Trim()}");
    }
}
