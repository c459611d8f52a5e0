namespace MuseCluster.Bench.Amused;

/// <summary>The libraries that do a process' arithmetic, and how another process gets the very same.</summary>
internal static class MathLibraries
{
    private static readonly string[] Parts = ["libtorch_cpu", "blas", "libgomp"];

    /// <summary>The files of those that this process has loaded.</summary>
    internal static IReadOnlyList<string> Here() =>
        [.. File.ReadLines("/proc/self/maps").Select(l => l.IndexOf('/', StringComparison.Ordinal) is var at and >= 0 ? l[at..].Trim() : "")
            .Where(f => Parts.Any(p => f.Contains(p, StringComparison.Ordinal))).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>
    /// Environment variables with which another process loads the same BLAS, and waits in OpenMP as this one does. The
    /// binding settles both before libtorch is loaded, where .NET's own copy of the environment does not show it.
    /// </summary>
    internal static Dictionary<string, string> Settings()
    {
        var settings = new Dictionary<string, string> { ["OMP_WAIT_POLICY"] = Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") ?? "PASSIVE" };
        if (Here().FirstOrDefault(f => Path.GetFileName(f).StartsWith("libblas", StringComparison.Ordinal)) is { } blas)
            settings["LD_LIBRARY_PATH"] = string.Join(':', new[] { Path.GetDirectoryName(blas), Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") }.Where(p => !string.IsNullOrEmpty(p)));
        return settings;
    }

    /// <summary>The same, and glibc's settings of the binding: blocks of freed memory are kept, not given back to the kernel.</summary>
    internal static Dictionary<string, string> SettingsOfMemoryToo() => new(Settings())
    {
        ["MALLOC_MMAP_THRESHOLD_"] = $"{32 << 20}",
        ["MALLOC_TRIM_THRESHOLD_"] = $"{512 << 20}",
        ["MALLOC_TOP_PAD_"] = $"{16 << 20}",
    };
}
