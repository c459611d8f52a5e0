namespace MuseCluster.Models.Tests.Checkpoints;

/// <summary>A folder of its own for a test, removed with all it holds.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("muse-checkpoints-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Names of all files, for tests that nothing is left behind.</summary>
    public string[] Names => [.. Directory.GetFiles(Path).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public string Write(string name, byte[] bytes)
    {
        string path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
