using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MuseCluster.Bench.Amused;

/// <summary>
/// PyTorch in a process of its own, on the network and the case of this one: <c>bench/pytorch/amused.py</c>, which waits for
/// commands. It has the same libraries and settings of OpenMP as this process.
/// </summary>
internal sealed class PyTorchProcess : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "pytorch", "amused.py");
    private readonly Process _process;

    private PyTorchProcess(Process process)
    {
        _process = process;
        Itself = Answer();
    }

    /// <summary>What it says of itself: its version and its libraries' files.</summary>
    internal JsonNode Itself { get; }

    /// <summary>Throws unless a Python has PyTorch; takes no time.</summary>
    /// <param name="python">The Python.</param>
    /// <exception cref="InvalidOperationException">It is missing, or has none; says what to install.</exception>
    internal static void Require(string python)
    {
        const string Find = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)";
        if (!File.Exists(python))
            throw new InvalidOperationException($"there is no {python}: install Debian's python3-torch, as ./muse bench amused does, or name another Python that has PyTorch");
        using var process = Process.Start(new ProcessStartInfo(python, ["-c", Find]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{python} has no PyTorch: install Debian's python3-torch, as ./muse bench amused does, or name another Python that has it");
    }

    /// <summary>Starts it.</summary>
    /// <param name="python">The Python.</param>
    /// <param name="folder">The network's folder.</param>
    /// <param name="inputs">The case's file.</param>
    /// <param name="threads">Threads of an operator.</param>
    /// <param name="settings">Further environment variables.</param>
    internal static PyTorchProcess Start(string python, string folder, string inputs, int threads, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var start = new ProcessStartInfo(python, ["-B", Program, folder, inputs, $"{threads}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return new PyTorchProcess(Process.Start(start)!);
    }

    /// <summary>Has it do something, and waits for the answer.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellation">Ends the process, and the wait.</param>
    internal JsonNode Ask(string command, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var registration = cancellation.Register(() => _process.Kill());
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        return Answer();
    }

    /// <summary>Has it time something.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellation">Ends the process, and the wait.</param>
    /// <returns>Seconds of each run, and those that its threads spent on processors.</returns>
    internal (double Wall, double Processor)[] Time(string command, CancellationToken cancellation) =>
        [.. Ask(command, cancellation)["seconds"]!.AsArray().Select(run => ((double)run![0]!, (double)run[1]!))];

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    // What it writes on stderr is on this process's stderr already.
    private JsonNode Answer()
    {
        if (_process.StandardOutput.ReadLine() is { } line)
            return JsonNode.Parse(line)!;
        _process.WaitForExit();
        throw new InvalidOperationException($"PyTorch's side ({Program}) ended with exit code {_process.ExitCode}");
    }
}
