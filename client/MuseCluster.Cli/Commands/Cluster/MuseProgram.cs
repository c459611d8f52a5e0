namespace MuseCluster.Cli.Commands.Cluster;

/// <summary>How this program, and what it needs beside it, are found to be started as processes.</summary>
internal static class MuseProgram
{
    /// <summary>What starts <c>muse</c>.</summary>
    public static IReadOnlyList<string> Command
    {
        get
        {
            var program = Environment.ProcessPath!;
            return Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Path.Combine(AppContext.BaseDirectory, "muse.dll")] : [program];
        }
    }

    /// <summary>Azurite's program: the repository's, else the one on the PATH.</summary>
    public static string Azurite
    {
        get
        {
            var own = ModelFolder.OfRepository is { } models ? Path.Combine(models, "..", ".build", "azurite", "node_modules", ".bin", "azurite-blob") : null;
            if (own is not null && File.Exists(own))
                return Path.GetFullPath(own);
            var paths = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
            return paths.Select(p => Path.Combine(p, "azurite-blob")).FirstOrDefault(File.Exists) ?? own ?? "azurite-blob";
        }
    }
}
