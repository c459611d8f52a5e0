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
}
