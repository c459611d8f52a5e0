using System.Diagnostics.CodeAnalysis;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// The tensors of one network, from one file or several, of safetensors or of PyTorch: one map from name to
/// <see cref="TensorView"/>. Nothing is copied that a file holds plainly (see <see cref="Pickle.PickleFile"/> for what is); see
/// <see cref="TensorView"/> for how long the memory lives.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private readonly List<CheckpointFile> files;
    private readonly Dictionary<string, TensorView> tensors;
    private readonly OrderedDictionary<string, TensorView> taken = new(StringComparer.Ordinal);

    private Checkpoint(string path, List<CheckpointFile> files, Dictionary<string, TensorView> tensors)
    {
        Path = path;
        this.files = files;
        this.tensors = tensors;
    }

    /// <summary>The file or index that was opened, in a folder the one that was chosen; of several, the first.</summary>
    public string Path { get; }

    /// <summary>The open files, in the order they were named (shards: in ordinal order).</summary>
    public IReadOnlyList<CheckpointFile> Files => files;

    /// <summary>Every tensor by name.</summary>
    public IReadOnlyDictionary<string, TensorView> Tensors => tensors;

    /// <summary>The tensors that networks have found to fit (<see cref="TensorRequirement.Check"/>); the others are of no use to them.</summary>
    public IReadOnlyList<TensorView> Taken => taken.Values;

    /// <summary>The tensor of that name.</summary>
    /// <exception cref="CheckpointException">The checkpoint has none.</exception>
    public TensorView this[string name] =>
        tensors.TryGetValue(name, out TensorView? view) ? view : throw new CheckpointException(Path, name, "is not in the checkpoint");

    /// <summary>
    /// Opens a <c>.safetensors</c> file, a pickle of PyTorch (<c>.bin</c>, <c>.pt</c>, <c>.pth</c>, <c>.ckpt</c>), an index
    /// (<c>*.index.json</c>) with its shards, or a folder. In a folder the first of these is taken: <c>model.safetensors</c>,
    /// <c>diffusion_pytorch_model.safetensors</c>, <c>pytorch_model.safetensors</c>, <c>pytorch_model.bin</c>,
    /// <c>diffusion_pytorch_model.bin</c>, each before its index; the only index of safetensors; the only <c>.safetensors</c>
    /// file; where there is neither, the only pickle.
    /// </summary>
    /// <exception cref="CheckpointException">A file is malformed or missing, files disagree, or the folder is ambiguous.</exception>
    /// <exception cref="IOException">A file cannot be read; <see cref="FileNotFoundException"/> where the path is neither file nor folder.</exception>
    public static Checkpoint Open(string path) => Open([path]);

    /// <summary>Opens several files, indexes or folders as one network.</summary>
    /// <inheritdoc cref="Open(string)"/>
    /// <param name="paths">At least one path; a tensor may occur in one of them only.</param>
    public static Checkpoint Open(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count);
        var files = new List<CheckpointFile>();
        var tensors = new Dictionary<string, TensorView>(StringComparer.Ordinal);
        try
        {
            string[] chosen = [.. paths.Select(path => Directory.Exists(path) ? CheckpointFolder.Choose(path) : path)];
            foreach (string file in chosen)
            {
                if (file.EndsWith(ShardIndex.Suffix, StringComparison.Ordinal)) AddShards(ShardIndex.Read(file), files, tensors);
                else Add(CheckpointFile.Open(file), files, tensors);
            }

            return new Checkpoint(chosen[0], files, tensors);
        }
        catch
        {
            foreach (CheckpointFile file in files) file.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out TensorView? view) => tensors.TryGetValue(name, out view);

    /// <summary>Notes what a network loads.</summary>
    internal void Take(IEnumerable<string> names)
    {
        foreach (string name in names) taken.TryAdd(name, tensors[name]);
    }

    /// <summary>Closes the files. Memory with leases out stays mapped until the last is returned.</summary>
    public void Dispose()
    {
        foreach (CheckpointFile file in files) file.Dispose();
    }

    private static void AddShards(ShardIndex index, List<CheckpointFile> files, Dictionary<string, TensorView> tensors)
    {
        string[] missing =
        [
            .. from shard in index.Shards
               where !File.Exists(index.PathOf(shard))
               let held = index.WeightMap.Where(p => p.Value == shard).Select(p => p.Key).ToList()
               select $"{CheckpointException.Quote(shard)}, for {CheckpointException.Quote(held[0])}{(held.Count > 1 ? $" and {held.Count - 1} more" : "")}",
        ];
        if (missing.Length > 0)
            throw new CheckpointException(index.Path, null, $"{missing.Length} of {index.Shards.Count} files are missing:", missing);

        // Of this index alone: what other files hold does not make its list true.
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (string shard in index.Shards)
        {
            CheckpointFile file = CheckpointFile.Open(index.PathOf(shard));
            Add(file, files, tensors);
            foreach (string name in file.Tensors.Keys)
            {
                if (!index.WeightMap.TryGetValue(name, out string? listed))
                    throw new CheckpointException(index.Path, name, $"is in {CheckpointException.Quote(shard)}, but the index does not list it");
                if (listed != shard)
                {
                    throw new CheckpointException(index.Path, name,
                        $"is in {CheckpointException.Quote(shard)}, but the index lists it in {CheckpointException.Quote(listed)}");
                }

                present.Add(name);
            }
        }

        string[] absent = [.. index.WeightMap.Keys.Where(name => !present.Contains(name))];
        if (absent.Length > 0)
            throw new CheckpointException(index.Path, absent[0], "lists tensors that their files do not hold:",
                [.. absent.Select(name => $"{CheckpointException.Quote(name)}, expected in {CheckpointException.Quote(index.WeightMap[name])}")]);
    }

    private static void Add(CheckpointFile file, List<CheckpointFile> files, Dictionary<string, TensorView> tensors)
    {
        files.Add(file);
        foreach (TensorView view in file.Tensors.Values)
        {
            if (!tensors.TryAdd(view.Name, view))
                throw new CheckpointException(file.Path, view.Name, $"is also in {tensors[view.Name].File}");
        }
    }
}
