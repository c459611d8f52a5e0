using MuseCluster.Models.Checkpoints.Pickle;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// An open file of tensors by name, in one of the formats read here. Its memory is unmapped, or given back, when it is
/// disposed or when the last lease on it is returned, whichever comes last. Safe for concurrent reading.
/// </summary>
public abstract class CheckpointFile : IDisposable
{
    private protected CheckpointFile(string path) => Path = path;

    /// <summary>The path the file was opened by.</summary>
    public string Path { get; }

    /// <summary>Text that the file holds beside its tensors; empty where it has none.</summary>
    public abstract IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors by name, in the order of the file.</summary>
    public abstract IReadOnlyDictionary<string, TensorView> Tensors { get; }

    /// <summary>Opens and checks a file: as PyTorch's pickle where its name says so, as safetensors otherwise.</summary>
    /// <param name="path">Path of a <c>.safetensors</c> file, or of a <c>.bin</c>, <c>.pt</c>, <c>.pth</c> or <c>.ckpt</c> file.</param>
    /// <exception cref="CheckpointException">The file is malformed or holds what is not read.</exception>
    /// <exception cref="IOException">The file cannot be read; <see cref="FileNotFoundException"/> where there is none.</exception>
    public static CheckpointFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return PickleFile.HasName(path) ? PickleFile.Open(path) : SafetensorsFile.Open(path);
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}
