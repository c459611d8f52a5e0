namespace MuseCluster.LocalCluster.Processes;

/// <summary>Folders for servers' data. PostgreSQL runs as a user of its own, who has to pass through them to what is its own.</summary>
public static class DataFolder
{
    private const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Makes a temporary one.</summary>
    /// <param name="prefix">What its name starts with.</param>
    /// <returns>Its path.</returns>
    public static string CreateTemporary(string prefix) => Open(Directory.CreateTempSubdirectory(prefix).FullName);

    /// <summary>Makes one where it is not there.</summary>
    /// <param name="folder">Its path.</param>
    /// <returns>Its whole path.</returns>
    public static string Create(string folder) => Open(Directory.CreateDirectory(folder).FullName);

    private static string Open(string folder)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, Passable);
        return folder;
    }
}
