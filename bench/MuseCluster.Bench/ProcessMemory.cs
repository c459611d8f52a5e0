using System.Globalization;

namespace MuseCluster.Bench;

/// <summary>The memory of this process as Linux counts it.</summary>
public static class ProcessMemory
{
    /// <summary>The most bytes that were resident at once (VmHWM); 0 where the system does not say.</summary>
    public static long Peak()
    {
        const string Status = "/proc/self/status", Name = "VmHWM:";
        if (!File.Exists(Status))
            return 0;
        var line = File.ReadLines(Status).FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[Name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) << 10;
    }
}
