using Microsoft.Win32.SafeHandles;

namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>
/// An open checkpoint of PyTorch, as <c>torch.save</c> writes it since version 1.6: a zip archive with a pickle
/// (<c>data.pkl</c>) that describes tensors, and an entry (<c>data/0</c>, ...) for the bytes of each storage. The pickle is read and
/// never executed: see <see cref="PickleMachine"/> for what it may hold.
/// </summary>
/// <remarks>
/// A tensor is a view of the mapped file where its storage is stored as it is, as torch.save does, and its elements are in
/// order. A storage that is compressed (an archive packed anew) and a tensor that is a view in another order are copied when
/// the file is opened; how much, is bounded by the file's length. Check sums are not looked at: torch can be told not to write
/// them, and they would have all data read. Format: PyTorch's <c>torch/serialization.py</c> and <c>caffe2/serialize/inline_container.h</c>.
/// </remarks>
public sealed class PickleFile : CheckpointFile
{
    private const int MaxPickleBytes = 64 << 20;
    private const int MaxNoteBytes = 64;
    private const int MinVersion = 1;
    private const int MaxVersion = 10; // kMaxSupportedFileFormatVersion of inline_container.h

    private static readonly string[] NameEnds = [".bin", ".pt", ".pth", ".ckpt"];

    private readonly PickledTensors tensors;
    private int disposed;

    private PickleFile(string path, PickledTensors tensors)
        : base(path) => this.tensors = tensors;

    /// <summary>Empty: such files hold no text.</summary>
    public override IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    /// <summary>The tensors of the state dict by name, in its order.</summary>
    public override IReadOnlyDictionary<string, TensorView> Tensors => tensors.Views;

    /// <summary>How such files' names end, for messages.</summary>
    internal static string Names => string.Join(", ", NameEnds);

    /// <summary>Whether a file's name marks it as one of these: it ends in .bin, .pt, .pth or .ckpt.</summary>
    public static bool HasName(string path) => NameEnds.Contains(System.IO.Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Opens and checks a file.</summary>
    /// <param name="path">Path of a file that torch.save wrote.</param>
    /// <exception cref="CheckpointException">The file is malformed, or holds what is not read; names the tensor, global or entry.</exception>
    /// <exception cref="IOException">The file cannot be read; <see cref="FileNotFoundException"/> where there is none.</exception>
    /// <exception cref="UnauthorizedAccessException">The path is a folder, or may not be read.</exception>
    public static new PickleFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        SafeFileHandle file = stream.SafeFileHandle;
        long length = RandomAccess.GetLength(file);
        Dictionary<string, ZipEntry> entries = ZipDirectory.Read(file, path);
        ZipEntry pickle = FindPickle(entries.Values, path);
        string folder = pickle.Name[..(pickle.Name.LastIndexOf('/') + 1)];
        CheckNotes(file, entries, folder, path);
        object? root = PickleMachine.Load(ZipBytes.Read(file, pickle, MaxPickleBytes, path), path, pickle.Name);
        List<KeyValuePair<string, PickleTensor>> listed = StateDict.Of(root, path);

        MappedMemory memory = MappedMemory.Map(stream);
        try
        {
            if (memory.Length < length) throw new CheckpointException(path, null, "shrank while it was opened");
            return new PickleFile(path, PickledTensors.Open(listed, entries, folder + "data/", memory, path));
        }
        catch
        {
            memory.Release();
            throw;
        }
    }

    /// <summary>Closes the file. Its memory is unmapped or given back now, or when the last lease on it is returned.</summary>
    public override void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0) tensors.Release();
    }

    // The archive has one folder, called like the file was when it was saved.
    private static ZipEntry FindPickle(IEnumerable<ZipEntry> entries, string path)
    {
        ZipEntry[] found = [.. entries.Where(entry => entry.Name.EndsWith("/data.pkl", StringComparison.Ordinal) && entry.Name.AsSpan().Count('/') == 1)];
        if (found.Length == 1) return found[0];
        throw new CheckpointException(path, null, found.Length == 0
            ? "is a zip archive without a data.pkl in a folder; expected a file that torch.save writes"
            : $"holds {found.Length} pickles, {string.Join(", ", found.Take(4).Select(entry => CheckpointException.Quote(entry.Name)))}; expected one data.pkl");
    }

    private static void CheckNotes(SafeFileHandle file, Dictionary<string, ZipEntry> entries, string folder, string path)
    {
        if (Note("byteorder") is { } order && order != "little")
            throw new CheckpointException(path, null, $"its byteorder is {CheckpointException.Quote(order)}; expected 'little'");
        if ((Note("version") ?? Note(".data/version")) is { } version && !(int.TryParse(version, out int number) && number is >= MinVersion and <= MaxVersion))
            throw new CheckpointException(path, null, $"its version is {CheckpointException.Quote(version)}; expected a number from {MinVersion} to {MaxVersion}");

        string? Note(string name) => entries.TryGetValue(folder + name, out ZipEntry? entry)
            ? System.Text.Encoding.UTF8.GetString(ZipBytes.Read(file, entry, MaxNoteBytes, path)).TrimEnd('\n')
            : null;
    }
}
