using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MuseCluster.Bench.Amused;

/// <summary>A file as the kernel's page cache has it.</summary>
/// <param name="path">The file.</param>
internal sealed partial class CachedFile(string path)
{
    private const int DontNeed = 4;

    /// <summary>Drops the file from the page cache, as far as no process has it mapped; asks for no rights but to read it.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    internal void Drop()
    {
        using var file = File.OpenHandle(path);
        var error = posix_fadvise(file, 0, 0, DontNeed);
        if (error != 0)
            throw new IOException($"{path} cannot be dropped from the page cache: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary>Seconds of <c>cat FILE > /dev/null</c>, its start included.</summary>
    internal double Cat()
    {
        var started = Stopwatch.GetTimestamp();
        using var cat = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec cat \"$1\" >/dev/null", "sh", path]))!;
        cat.WaitForExit();
        return cat.ExitCode == 0 ? Stopwatch.GetElapsedTime(started).TotalSeconds : throw new IOException($"cat {path} failed with exit code {cat.ExitCode}");
    }

    [LibraryImport("libc")]
    private static partial int posix_fadvise(SafeHandle file, nint offset, nint length, int advice);
}
