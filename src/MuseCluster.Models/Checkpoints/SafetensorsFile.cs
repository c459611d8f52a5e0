namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// An open .safetensors file. Opening reads and checks the header alone; the tensors are views of a memory map. The whole
/// layout is checked before a view exists: every tensor lies in the file, has the length its shape asks for, and the
/// tensors fill the data section without holes or overlaps.
/// </summary>
/// <remarks>The format: https://github.com/huggingface/safetensors#format. Safe for concurrent reading.</remarks>
public sealed class SafetensorsFile : CheckpointFile
{
    private readonly MappedMemory memory;
    private int disposed;

    private SafetensorsFile(string path, MappedMemory memory, SafetensorsHeader header)
        : base(path)
    {
        this.memory = memory;
        Metadata = header.Metadata;
        var tensors = new Dictionary<string, TensorView>(header.Entries.Count, StringComparer.Ordinal);
        foreach (TensorEntry entry in header.Entries)
            tensors.Add(entry.Name, new TensorView(entry, memory, path, header.DataStart));
        Tensors = tensors;
    }

    /// <summary>The header's <c>__metadata__</c>; empty where it has none.</summary>
    public override IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors by name, in the order of the header.</summary>
    public override IReadOnlyDictionary<string, TensorView> Tensors { get; }

    /// <summary>Opens and checks a file.</summary>
    /// <param name="path">Path of a .safetensors file.</param>
    /// <exception cref="CheckpointException">The file is malformed; the message names the tensor.</exception>
    /// <exception cref="IOException">The file cannot be read; <see cref="FileNotFoundException"/> where there is none.</exception>
    /// <exception cref="UnauthorizedAccessException">The path is a folder, or may not be read.</exception>
    public static new SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        SafetensorsHeader header = SafetensorsHeader.Read(stream.SafeFileHandle, path);
        long length = header.Entries.Aggregate(header.DataStart, (end, entry) => Math.Max(end, header.DataStart + entry.End));

        MappedMemory memory = MappedMemory.Map(stream);
        if (memory.Length >= length) return new SafetensorsFile(path, memory, header);
        memory.Release();
        throw new CheckpointException(path, null, "shrank while it was opened");
    }

    /// <summary>
    /// Closes the file. Its memory is unmapped now, or when the last lease on it is returned.
    /// </summary>
    public override void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0) memory.Release();
    }
}
