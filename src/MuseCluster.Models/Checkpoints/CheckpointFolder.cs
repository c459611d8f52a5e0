using MuseCluster.Models.Checkpoints.Pickle;

namespace MuseCluster.Models.Checkpoints;

/// <summary>Which file of a folder is the checkpoint, by the names that transformers, diffusers and open-muse give them.</summary>
internal static class CheckpointFolder
{
    private static readonly string[] KnownNames =
    [
        "model.safetensors",
        "model.safetensors.index.json",
        "diffusion_pytorch_model.safetensors",
        "diffusion_pytorch_model.safetensors.index.json",
        "pytorch_model.safetensors",
        "pytorch_model.safetensors.index.json",
        "pytorch_model.bin",
        "pytorch_model.bin.index.json",
        "diffusion_pytorch_model.bin",
        "diffusion_pytorch_model.bin.index.json",
    ];

    /// <summary>Path of the file or index to open.</summary>
    /// <exception cref="CheckpointException">There is none, or more than one and none of a known name.</exception>
    public static string Choose(string folder)
    {
        foreach (string name in KnownNames)
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path)) return path;
        }

        string[] indexes = Directory.GetFiles(folder, "*.safetensors" + ShardIndex.Suffix);
        if (indexes.Length == 1) return indexes[0];
        string[] files = Directory.GetFiles(folder, "*.safetensors");
        if (indexes.Length == 0 && files.Length == 1) return files[0];

        string[] pickles = [.. Directory.GetFiles(folder).Where(PickleFile.HasName)];
        if (indexes.Length == 0 && files.Length == 0 && pickles.Length == 1) return pickles[0];

        string[] found = [.. indexes.Concat(files).Concat(pickles).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        if (found.Length == 0) throw new CheckpointException(folder, null, $"the folder holds no .safetensors file and no pickle of PyTorch ({PickleFile.Names})");
        throw new CheckpointException(folder, null, "the folder holds several checkpoints; name one of them:", found);
    }
}
