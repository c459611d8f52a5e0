using System.Diagnostics;
using System.Globalization;
using MuseCluster.LocalCluster.Processes;

namespace MuseCluster.LocalCluster.Silos;

/// <summary>A silo as a process of this machine. It can be killed and started again.</summary>
/// <param name="spec">Its name and roles.</param>
/// <param name="command">What starts a silo: <c>muse silo</c> and flags that all have.</param>
/// <param name="startFlags">Flags that each start has beyond those.</param>
/// <param name="folder">Where its log goes, and where it runs.</param>
/// <param name="outlive">Whether it goes on when this process ends.</param>
public sealed class LocalSilo(SiloSpec spec, IReadOnlyList<string> command, Func<IReadOnlyList<string>> startFlags, string folder, bool outlive)
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly string _urls = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Take()}");

    /// <summary>Its name and roles.</summary>
    public SiloSpec Spec => spec;

    /// <summary>Its log.</summary>
    public string Log => Path.Combine(folder, $"{spec.Name}.log");

    /// <summary>Where its HTTP endpoints are.</summary>
    public string Urls => _urls;

    /// <summary>Its process; null where it was never started.</summary>
    public LocalProcess? Process { get; private set; }

    /// <summary>Starts it.</summary>
    public void Start()
    {
        Directory.CreateDirectory(folder);
        Process = LocalProcess.Start([.. command, "--name", spec.Name, "--roles", spec.Roles, "--urls", _urls, .. startFlags()], Log, outlive: outlive);
    }

    /// <summary>Waits until it serves.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="InvalidOperationException">It does not start; the message has the end of its log.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellation = default)
    {
        for (var clock = Stopwatch.StartNew(); !await IsReadyAsync(cancellation).ConfigureAwait(false); await Task.Delay(100, cancellation).ConfigureAwait(false))
            if (Process?.Runs != true || clock.Elapsed > Patience)
                throw new InvalidOperationException($"silo {spec.Name} does not start; the end of {Log}: {(File.Exists(Log) ? string.Join(" | ", File.ReadLines(Log).TakeLast(3)) : "no log")}");
    }

    /// <summary>Ends it.</summary>
    /// <param name="signal">How.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task EndAsync(Signal signal, CancellationToken cancellation = default)
    {
        Process?.Send(signal);
        if (Process is not null)
            await Process.WaitAsync(TimeSpan.FromSeconds(20), cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether it can take items in.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        try
        {
            using var response = await Http.GetAsync(new Uri($"{_urls}/ready"), cancellation).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }
}
