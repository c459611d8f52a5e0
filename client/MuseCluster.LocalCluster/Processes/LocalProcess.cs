using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MuseCluster.LocalCluster.Processes;

/// <summary>Signals that processes are sent.</summary>
public enum Signal
{
    /// <summary>Ctrl-C; a PostgreSQL server ends its connections and stops.</summary>
    Interrupt = 2,

    /// <summary>Stop at once; a PostgreSQL server as a crash would.</summary>
    Quit = 3,

    /// <summary>Ends without any say.</summary>
    Kill = 9,

    /// <summary>Stop in good order.</summary>
    Terminate = 15,
}

/// <summary>
/// A program in the background with all that it starts, as one process group. It outlives this process, or ends with it
/// where that was asked for.
/// </summary>
/// <param name="Id">The group, which is also its first process.</param>
/// <param name="Started">When the first process started, in the kernel's ticks: tells it from a later one of the same number.</param>
public sealed partial record LocalProcess(int Id, long Started)
{
    // The program is the group's first process. Beside it, where it is not to outlive this process, a shell waits for the
    // end of its input, which comes whatever this process dies of, and ends the group.
    private const string Guard = "exec 3<&0; (trap '' INT TERM QUIT; read -r _ <&3; kill -KILL 0) & exec \"$@\" </dev/null 3<&-";
    private const string Free = "exec \"$@\" </dev/null";

    // Their stdin must stay open as long as this process lives.
    private static readonly List<Process> Guarded = [];

    /// <summary>Starts a program.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="log">The file that what it prints is added to.</param>
    /// <param name="environment">Variables beyond this process's own.</param>
    /// <param name="outlive">Whether it goes on when this process ends.</param>
    /// <returns>The process.</returns>
    public static LocalProcess Start(IReadOnlyList<string> command, string log, IReadOnlyDictionary<string, string>? environment = null, bool outlive = false)
    {
        string[] script = ["setsid", "sh", "-c", $"exec >>\"$0\" 2>&1; {(outlive ? Free : Guard)}", log];
        var start = new ProcessStartInfo(script[0], [.. script[1..], .. command]) { RedirectStandardInput = true, WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(log))! };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        if (!outlive)
            lock (Guarded)
                Guarded.Add(process);
        return new LocalProcess(process.Id, StartOf(process.Id) ?? 0);
    }

    /// <summary>Whether its first process runs.</summary>
    public bool Runs => StartOf(Id) == Started;

    /// <summary>Sends a signal to the group. Nothing happens where it has ended.</summary>
    /// <param name="signal">The signal.</param>
    public void Send(Signal signal)
    {
        if (Runs)
            _ = SendSignal(-Id, (int)signal);
    }

    /// <summary>Waits until it has ended.</summary>
    /// <param name="patience">How long; then it is killed.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False where it had to be killed.</returns>
    public async Task<bool> WaitAsync(TimeSpan patience, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        while (Runs && clock.Elapsed < patience)
            await Task.Delay(20, cancellation).ConfigureAwait(false);
        var ended = !Runs;
        Send(Signal.Kill);
        while (Runs)
            await Task.Delay(5, cancellation).ConfigureAwait(false);
        return ended;
    }

    // The 22nd field; the second may have spaces, in parentheses. A zombie has ended.
    private static long? StartOf(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int id, int signal);
}
