using System.Diagnostics;
using MuseCluster.LocalCluster.Processes;

namespace MuseCluster.LocalCluster.Servers;

/// <summary>A server that the cluster needs, on a free loopback port, with its data in a folder. It can be stopped, killed and started again.</summary>
/// <param name="folder">Where its data and its log go.</param>
/// <param name="outlive">Whether it goes on when this process ends.</param>
public abstract class LocalServer(string folder, bool outlive) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>What it is called in messages.</summary>
    public abstract string Name { get; }

    /// <summary>How to reach it.</summary>
    public abstract string Connection { get; }

    /// <summary>Its process; null where it was never started.</summary>
    public LocalProcess? Process { get; private set; }

    /// <summary>Where its data and its log are.</summary>
    protected string Folder => folder;

    /// <summary>The signal that stops it in good order.</summary>
    protected virtual Signal Stopping => Signal.Terminate;

    /// <summary>The signal that ends it as a crash does.</summary>
    protected virtual Signal Crashing => Signal.Kill;

    /// <summary>What it prints.</summary>
    public string LogFile => Path.Combine(folder, "log");

    /// <summary>Starts it with the data it had, and waits until it serves.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="InvalidOperationException">It is not installed, or does not start; the message has the end of its log.</exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        Directory.CreateDirectory(folder);
        await PrepareAsync(cancellation).ConfigureAwait(false);
        Process = LocalProcess.Start(Command(), LogFile, Environment(), outlive);
        for (var clock = Stopwatch.StartNew(); !await ServesAsync(cancellation).ConfigureAwait(false); await Task.Delay(50, cancellation).ConfigureAwait(false))
            if (!Process.Runs || clock.Elapsed > Patience)
                throw new InvalidOperationException($"{Name} does not start; the end of {LogFile}: {Tail()}");
    }

    /// <summary>Stops it in good order; its data stay.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task StopAsync(CancellationToken cancellation = default) => EndAsync(Stopping, cancellation);

    /// <summary>Ends it as a crash would; its data stay.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task KillAsync(CancellationToken cancellation = default) => EndAsync(Crashing, cancellation);

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await EndAsync(Signal.Kill, CancellationToken.None).ConfigureAwait(false);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Makes the data that a first start needs.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    protected virtual Task PrepareAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>The program and its arguments.</summary>
    protected abstract IReadOnlyList<string> Command();

    /// <summary>Variables that it needs.</summary>
    protected virtual IReadOnlyDictionary<string, string> Environment() => new Dictionary<string, string>();

    /// <summary>Whether it serves.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    protected abstract Task<bool> ServesAsync(CancellationToken cancellation);

    private async Task EndAsync(Signal signal, CancellationToken cancellation)
    {
        if (Process is null)
            return;
        Process.Send(signal);
        await Process.WaitAsync(TimeSpan.FromSeconds(30), cancellation).ConfigureAwait(false);
    }

    private string Tail() => File.Exists(LogFile) ? string.Join(" | ", File.ReadLines(LogFile).TakeLast(5)) : "no log";
}
