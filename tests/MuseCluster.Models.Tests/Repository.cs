namespace MuseCluster.Models.Tests;

/// <summary>Finds the repository's files from wherever the tests run: the nearest folder above that holds the solution.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Folder of a golden case under tests/golden, such as <c>t5_v11_a</c>.</summary>
    public static string Golden(string name)
    {
        string folder = Path.Combine(Root, "tests", "golden", name);
        return Directory.Exists(folder) ? folder : throw new DirectoryNotFoundException($"no golden case at {folder}");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MuseCluster.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds MuseCluster.sln");
    }
}
