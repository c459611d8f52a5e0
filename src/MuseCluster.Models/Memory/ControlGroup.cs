using System.Globalization;

namespace MuseCluster.Models.Memory;

/// <summary>
/// The memory that Linux's control groups leave to this process, version 2 or 1: the least, over its group and those above, of the
/// limit less what is in use. The files' cache is not counted as in use, since the kernel gives it up when memory is asked for.
/// </summary>
/// <param name="root">Where <c>/proc</c> and <c>/sys</c> are.</param>
internal sealed class ControlGroup(string root)
{
    private static readonly Files Second = new("memory.max", "memory.current", "inactive_file", "active_file"),
        First = new("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", "total_active_file");

    /// <summary>Bytes that can be taken; null where there is no limit.</summary>
    public long? Free()
    {
        long? least = null;
        foreach (var (folder, path, files) in Groups())
        {
            // Within a container the path may be that of the host, which is not there.
            for (string at = path; ; at = at[..Math.Max(0, at.LastIndexOf('/'))])
            {
                if (Free(Path.Combine(folder, at), files) is { } free)
                    least = Math.Min(least ?? long.MaxValue, free);
                if (at.Length == 0)
                    break;
            }
        }
        return least;
    }

    // A line of /proc/self/cgroup is ID:CONTROLLERS:PATH; version 2's has no controllers.
    private IEnumerable<(string Folder, string Path, Files Files)> Groups()
    {
        string file = Path.Combine(root, "proc/self/cgroup");
        if (!File.Exists(file))
            yield break;
        foreach (string line in File.ReadLines(file))
        {
            if (line.Split(':', 3) is not [_, var controllers, var path])
                continue;
            if (controllers.Length == 0)
                yield return (Path.Combine(root, "sys/fs/cgroup"), path.Trim('/'), Second);
            else if (controllers.Split(',').Contains("memory"))
                yield return (Path.Combine(root, "sys/fs/cgroup/memory"), path.Trim('/'), First);
        }
    }

    private static long? Free(string group, Files files)
    {
        if (Number(Path.Combine(group, files.Limit)) is not { } limit || Number(Path.Combine(group, files.Use)) is not { } use)
            return null;
        string statistics = Path.Combine(group, "memory.stat");
        long cache = 0;
        if (File.Exists(statistics))
            foreach (string line in File.ReadLines(statistics))
                if (line.Split(' ') is [var name, var text] && (name == files.InactiveCache || name == files.ActiveCache) && long.TryParse(text, CultureInfo.InvariantCulture, out long bytes))
                    cache += bytes;
        return Math.Max(0, limit - Math.Max(0, use - cache));
    }

    // No limit is the word max in version 2, and a number beyond any machine's in version 1.
    private static long? Number(string file) =>
        File.Exists(file) && long.TryParse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture, out long number) && number < 1L << 60 ? number : null;

    private sealed record Files(string Limit, string Use, string InactiveCache, string ActiveCache);
}
