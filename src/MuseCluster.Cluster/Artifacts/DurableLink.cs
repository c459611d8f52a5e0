using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MuseCluster.Cluster.Artifacts;

/// <summary>
/// Gives a finished file its name: by link(2), which fails where the name is taken. File.Move without overwriting does the
/// same, but copies where links fail, and a copy can be seen half-done.
/// </summary>
internal static class DurableLink
{
    private const int Exists = 17;

    /// <summary>Gives a file another name. A power cut does not take it back.</summary>
    /// <param name="file">The file, flushed.</param>
    /// <param name="name">Its name, on the same file system.</param>
    /// <param name="root">The folder above the name up to which folders may be new.</param>
    /// <returns>False where the name is taken.</returns>
    /// <exception cref="IOException">The file system refuses.</exception>
    public static bool Create(string file, string name, string root)
    {
        var linked = link(file, name) == 0;
        var error = Marshal.GetLastPInvokeError();
        if (!linked && error != Exists)
            throw new IOException($"the file system refuses a hard link from '{file}' to '{name}': {Marshal.GetPInvokeErrorMessage(error)}");
        // The winner of a race may not have come to this yet, and the loser's caller relies on the artifact as well.
        for (var folder = name; folder != root;)
            Flush(folder = Path.GetDirectoryName(folder)!);
        return linked;
    }

    /// <summary>Makes sure that the names in a folder survive a power cut.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">The file system refuses.</exception>
    public static void Flush(string folder)
    {
        using var handle = new SafeFileHandle(open(folder, 0), ownsHandle: true);
        if (handle.IsInvalid)
            throw new IOException($"cannot open the folder '{folder}': {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        RandomAccess.FlushToDisk(handle);
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int link([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

    [DllImport("libc", SetLastError = true)]
    private static extern nint open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
