using System.Globalization;

namespace MuseCluster.Models.Tests.Checkpoints;

/// <summary>What Linux says of this process's maps of a file. Unlike the working set, other tests do not move it.</summary>
internal static class MappedFiles
{
    public static bool Known => File.Exists("/proc/self/smaps");

    public static bool IsMapped(string path) => File.ReadLines("/proc/self/maps").Any(line => line.EndsWith(path, StringComparison.Ordinal));

    public static long ResidentBytes(string path)
    {
        long kib = 0;
        bool inside = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            // The line of a map begins with its address range, the lines about it with a name and a colon.
            if (char.IsAsciiHexDigit(line[0]) && line.Split(' ')[0].Contains('-')) inside = line.EndsWith(path, StringComparison.Ordinal);
            else if (inside && line.StartsWith("Rss:", StringComparison.Ordinal))
                kib += long.Parse(line[4..^2].Trim(), CultureInfo.InvariantCulture);
        }

        return kib * 1024;
    }
}
