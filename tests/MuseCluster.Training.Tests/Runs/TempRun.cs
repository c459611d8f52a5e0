namespace MuseCluster.Training.Tests.Runs;

/// <summary>A folder of its own for a test's run, removed with all it holds.</summary>
internal sealed class TempRun : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("muse-run-").FullName;

    public string this[params string[] parts] => Path.Combine([_path, .. parts]);

    public byte[] Bytes(params string[] parts) => File.ReadAllBytes(this[parts]);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
