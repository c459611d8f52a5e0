namespace MuseCluster.Cluster.Tests.Servers;

/// <summary>Folders of tests.</summary>
internal static class TestFolder
{
    /// <summary>The repository's root.</summary>
    public static string Repository
    {
        get
        {
            for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "MuseCluster.sln")))
                    return folder.FullName;
            throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds MuseCluster.sln");
        }
    }

    /// <summary>Makes a temporary folder that other users can pass through: PostgreSQL runs as one.</summary>
    public static string Create(string prefix)
    {
        var folder = Directory.CreateTempSubdirectory(prefix).FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_001_001);
        return folder;
    }
}
