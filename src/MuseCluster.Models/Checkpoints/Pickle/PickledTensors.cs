namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>
/// Makes views of a pickle's tensors: each is checked against its storage, and each storage against its entry, before a view
/// exists. Holds the file's map and every copy until <see cref="Release"/>.
/// </summary>
internal sealed class PickledTensors
{
    private readonly Dictionary<string, TensorView> views = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MappedMemory> inflated = new(StringComparer.Ordinal);
    private readonly List<MappedMemory> copies = [];
    private readonly Dictionary<string, ZipEntry> entries;
    private readonly string folder;
    private readonly MappedMemory memory;
    private readonly CopyAllowance allowance;
    private readonly string path;

    private PickledTensors(Dictionary<string, ZipEntry> entries, string folder, MappedMemory memory, string path)
    {
        (this.entries, this.folder, this.memory, this.path) = (entries, folder, memory, path);
        allowance = new CopyAllowance(memory.Length, path);
    }

    /// <summary>The tensors by name, in the pickle's order.</summary>
    public IReadOnlyDictionary<string, TensorView> Views => views;

    /// <summary>Checks all tensors and makes their views. The map is the caller's to release where this throws.</summary>
    /// <param name="listed">The tensors by name.</param>
    /// <param name="entries">The archive's entries by name.</param>
    /// <param name="folder">What stands before the names of storages.</param>
    /// <param name="memory">The whole file.</param>
    /// <param name="path">Path of the file, for messages.</param>
    /// <exception cref="CheckpointException">A tensor leaves its storage, a storage is missing or has another length, or copies would take too much.</exception>
    public static PickledTensors Open(
        List<KeyValuePair<string, PickleTensor>> listed, Dictionary<string, ZipEntry> entries, string folder, MappedMemory memory, string path)
    {
        var tensors = new PickledTensors(entries, folder, memory, path);
        try
        {
            foreach (var (name, tensor) in listed) tensors.views.Add(name, tensors.View(name, tensor));
            return tensors;
        }
        catch
        {
            foreach (MappedMemory copy in tensors.copies) copy.Release();
            throw;
        }
    }

    /// <summary>Gives the file's hold on the map and the copies back.</summary>
    public void Release()
    {
        memory.Release();
        foreach (MappedMemory copy in copies) copy.Release();
    }

    private TensorView View(string name, PickleTensor tensor)
    {
        TensorDType type = tensor.Storage.Type.DType
            ?? throw new CheckpointException(path, name, $"is of {tensor.Storage.Type.Name}, which is not supported; supported are {TensorDTypes.Supported}");
        StridedLayout layout = StridedLayout.Check(name, type, tensor, path);
        ZipEntry entry = Entry(name, type, tensor.Storage);
        (MappedMemory owner, long start) = entry.Method == ZipMethod.Stored ? (memory, entry.DataStart) : (Inflated(entry), 0);
        start += layout.FirstByte;
        if (!layout.IsContiguous)
        {
            MappedMemory source = owner;
            owner = Allocate(layout.ByteLength);
            layout.Copy(source.Address(start), owner.Address(0));
            start = 0;
        }

        return new TensorView(new TensorEntry(name, type, tensor.Shape, start, start + layout.ByteLength), owner, path, dataStart: 0);
    }

    private ZipEntry Entry(string name, TensorDType type, PickleStorage storage)
    {
        if (!entries.TryGetValue(folder + storage.Key, out ZipEntry? entry))
            throw new CheckpointException(path, name, $"its storage {CheckpointException.Quote(folder + storage.Key)} is not in the archive");
        if ((Int128)storage.Count * type.ItemSize() != entry.Length)
        {
            throw new CheckpointException(path, name,
                $"its storage {CheckpointException.Quote(entry.Name)} has {entry.Length} bytes, but {storage.Count} elements of {type.HeaderName()} take {(Int128)storage.Count * type.ItemSize()}");
        }

        return entry;
    }

    private MappedMemory Inflated(ZipEntry entry)
    {
        if (inflated.TryGetValue(entry.Name, out MappedMemory? found)) return found;
        MappedMemory copy = Allocate(entry.Length);
        InflatedStorage.Fill(memory, entry, copy, path);
        inflated.Add(entry.Name, copy);
        return copy;
    }

    private MappedMemory Allocate(long length)
    {
        allowance.Take(length);
        MappedMemory copy = MappedMemory.Allocate(length);
        copies.Add(copy);
        return copy;
    }
}
