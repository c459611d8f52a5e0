using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Import;
using MuseCluster.Models.Tests.Checkpoints;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Import;

/// <summary>The golden aMUSEd as somebody downloads it, to be spoiled, and a folder of models beside it.</summary>
internal sealed class Published : IDisposable
{
    private readonly TempFolder _folder = new();

    public Published(string name = "amused_pipeline_tiny")
    {
        string golden = Repository.Golden(name);
        foreach (string file in Directory.GetFiles(golden, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(Folder, Path.GetRelativePath(golden, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>The download.</summary>
    public string Folder => _folder["download"];

    /// <summary>The folder of models.</summary>
    public string Models => _folder["models"];

    /// <summary>A path in the download.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>All files of the download with their times and lengths.</summary>
    public string[] Files => [.. Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => $"{f} {new FileInfo(f).Length} {File.GetLastWriteTimeUtc(f):O}")];

    public Task<ModelManifest> AddAsync(Func<ImportOptions, ImportOptions>? options = null, params string[] parts) =>
        ModelImporter.AddAsync(parts.Length == 0 ? [Folder] : [.. parts.Select(p => this[p])], (options ?? (o => o))(new ImportOptions { Models = Models }));

    /// <summary>Changes the tensors of a file.</summary>
    public void EditWeights(string file, Action<Dictionary<string, Tensor>> edit)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors;
        using (var checkpoint = Checkpoint.Open(this[file]))
            tensors = checkpoint.Tensors.ToDictionary(t => t.Key, t => t.Value.ToTensor().clone());
        edit(tensors);
        CheckpointTensors.Save(this[file], tensors);
    }

    public void Replace(string file, string found, string replacement)
    {
        string text = File.ReadAllText(this[file]);
        Assert.Contains(found, text, StringComparison.Ordinal);
        File.WriteAllText(this[file], text.Replace(found, replacement, StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();
}
