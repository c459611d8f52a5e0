using System.Globalization;

namespace MuseCluster.Bench;

/// <summary>The memory of this process as Linux counts it. All numbers are 0 where the system does not say.</summary>
/// <param name="Anonymous">Bytes resident that are no file's (RssAnon): what was allocated, and copies.</param>
/// <param name="Files">Bytes resident of mapped files (RssFile): programs, and checkpoints that were touched.</param>
public readonly record struct ProcessMemory(long Anonymous, long Files)
{
    private const string Status = "/proc/self/status", Io = "/proc/self/io";

    /// <summary>The most bytes that were resident at once (VmHWM).</summary>
    public static long Peak() => Field(Status, "VmHWM:") << 10;

    /// <summary>What is resident now.</summary>
    public static ProcessMemory Resident() => new(Field(Status, "RssAnon:") << 10, Field(Status, "RssFile:") << 10);

    /// <summary>Bytes that this process had the disk read so far, page faults included.</summary>
    public static long DiskBytes() => Field(Io, "read_bytes:");

    private static long Field(string file, string name)
    {
        if (!File.Exists(file))
            return 0;
        var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
