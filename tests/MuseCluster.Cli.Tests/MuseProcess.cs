using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MuseCluster.Cli.Tests;

/// <summary>Runs the built <c>muse.dll</c> as its own process, as a user would.</summary>
internal static partial class MuseProcess
{
    /// <summary>SIGINT, what Ctrl-C sends.</summary>
    public const int Interrupt = 2;

    /// <summary>SIGKILL, which nothing survives.</summary>
    public const int Kill = 9;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>What a call left.</summary>
    /// <param name="ExitCode">The exit code.</param>
    /// <param name="Output">Stdout.</param>
    /// <param name="Error">Stderr.</param>
    /// <param name="Cpu">Processor time it took, from samples while it ran.</param>
    internal sealed record Result(int ExitCode, string Output, string Error, TimeSpan Cpu)
    {
        /// <summary>The lines of stderr.</summary>
        public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Runs to the end.</summary>
    public static Result Run(params string[] arguments) => Run(Limit, arguments);

    /// <summary>Runs to the end.</summary>
    /// <param name="limit">How long it may take.</param>
    /// <param name="arguments">What follows <c>muse</c>.</param>
    public static Result Run(TimeSpan limit, params string[] arguments) => RunUntil(_ => false, Kill, limit, arguments);

    /// <summary>Runs until a condition holds, then sends a signal and waits for the end.</summary>
    /// <param name="when">Asked again and again; given the processor time so far.</param>
    /// <param name="signal"><see cref="Interrupt"/> or <see cref="Kill"/>.</param>
    /// <param name="arguments">What follows <c>muse</c>.</param>
    public static Result RunUntil(Func<TimeSpan, bool> when, int signal, params string[] arguments) => RunUntil(when, signal, Limit, arguments);

    private static Result RunUntil(Func<TimeSpan, bool> when, int signal, TimeSpan limit, string[] arguments)
    {
        // A test run in the background of a shell inherits an ignored SIGINT; env gives the default back.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Dotnet, Path.Combine(AppContext.BaseDirectory, "muse.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("MUSE_DEBUG");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var clock = Stopwatch.StartNew();
        var (cpu, sent) = (TimeSpan.Zero, false);
        while (!process.WaitForExit(10))
        {
            cpu = CpuOf(process) ?? cpu;
            if (!sent && when(cpu))
            {
                // It may have ended meanwhile; then there is nobody to signal.
                _ = SendSignal(process.Id, signal);
                sent = true;
            }
            if (clock.Elapsed > limit)
            {
                process.Kill();
                throw new TimeoutException($"muse {string.Join(' ', arguments)} ran for {limit}.");
            }
        }
        return new Result(process.ExitCode, output.Result, error.Result, cpu);
    }

    private static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);

    private static TimeSpan? CpuOf(Process process)
    {
        try
        {
            return process.TotalProcessorTime;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It ended between two looks.
            return null;
        }
    }
}
