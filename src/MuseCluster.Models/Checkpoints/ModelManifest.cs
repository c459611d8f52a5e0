using System.Text.Json;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// What a model folder holds: <c>manifest.json</c> says which network serves each stage, from which files, and what those
/// files' SHA-256 are. A manifest that loads is complete and consistent; whether the files are there and unchanged is
/// <see cref="VerifyFilesAsync"/>'s to say.
/// </summary>
public sealed record ModelManifest
{
    /// <summary>The format version this build reads and writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Name of the manifest in a model folder.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The largest manifest accepted, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The model's name: letters, digits, '-', '_' and '.', at most 100, not starting with '.'.</summary>
    public required string Name { get; init; }

    /// <summary>What the model is, for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>The licence of the weights, an SPDX expression where one exists.</summary>
    public required string Licence { get; init; }

    /// <summary>Text encoding, or null for a model that takes no text.</summary>
    public StageManifest? Text { get; init; }

    /// <summary>Base decoding.</summary>
    public required StageManifest Base { get; init; }

    /// <summary>Super-resolution, or null where the base grid goes straight to pixels.</summary>
    public StageManifest? Superres { get; init; }

    /// <summary>Pixel decoding.</summary>
    public required StageManifest Pixels { get; init; }

    /// <summary>Pixel decoding of the base grid, for previews; null where <see cref="Pixels"/> decodes it or nothing does.</summary>
    public StageManifest? Preview { get; init; }

    /// <summary>How the model generates where a request does not say.</summary>
    public GenerationDefaults Defaults { get; init; } = new();

    /// <summary>
    /// Lower-case hex SHA-256 of each file, by its path relative to the model's folder: of every file the stages name, and of
    /// others that belong to the model (shards, licences).
    /// </summary>
    public IReadOnlyDictionary<string, string> Sha256 { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder the manifest was loaded from; null for one made in memory. Not part of the file.</summary>
    public string? Folder { get; init; }

    /// <summary>The stages present, by name, in the order pictures pass them: text, base, superres, pixels; then preview.</summary>
    public IEnumerable<KeyValuePair<string, StageManifest>> Stages =>
        from stage in new (string Name, StageManifest? Value)[] { ("text", Text), ("base", Base), ("superres", Superres), ("pixels", Pixels), ("preview", Preview) }
        where stage.Value is not null
        select KeyValuePair.Create(stage.Name, stage.Value);

    /// <summary>Loads and checks a manifest.</summary>
    /// <param name="path">A model folder, or the path of its manifest.</param>
    /// <exception cref="CheckpointException">Lists everything that is wrong at once, naming the fields.</exception>
    /// <exception cref="IOException">The manifest cannot be read.</exception>
    public static ModelManifest Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        using JsonDocument document = JsonFile.Read(file, MaxBytes);
        return ManifestReader.Read(document.RootElement, file) with { Folder = Path.GetDirectoryName(Path.GetFullPath(file)) };
    }

    /// <summary>
    /// Writes <c>manifest.json</c> into a folder, whole or not at all, after the checks that <see cref="Load"/> makes.
    /// </summary>
    /// <returns>The manifest as it would load from there.</returns>
    /// <exception cref="CheckpointException">The manifest would not load; nothing was written.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public ModelManifest Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string file = Path.Combine(folder, FileName);
        byte[] json = ManifestWriter.Write(this);
        using JsonDocument document = JsonFile.Parse(json, file, MaxBytes);
        ModelManifest saved = ManifestReader.Read(document.RootElement, file) with { Folder = Path.GetFullPath(folder) };
        AtomicFile.Write(file, json.Length, stream => stream.Write(json));
        return saved;
    }

    /// <summary>Full path of a file that the manifest names.</summary>
    /// <exception cref="InvalidOperationException">The manifest was not loaded from a folder.</exception>
    public string PathOf(string file) =>
        Path.Combine(Folder ?? throw new InvalidOperationException("the manifest has no folder: load it, or save it first"), file);

    /// <summary>Opens the tensors of one stage.</summary>
    /// <exception cref="CheckpointException">A file is missing or malformed.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public Checkpoint OpenWeights(StageManifest stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        string[] paths = [.. stage.Weights.Select(PathOf)];
        string[] missing = [.. stage.Weights.Where(file => !File.Exists(PathOf(file))).Select(file => $"{file} is missing")];
        if (missing.Length > 0) throw new CheckpointException(PathOf(FileName), null, "names files that are not there:", missing);
        return Checkpoint.Open(paths);
    }

    /// <summary>
    /// Hashes every file of <see cref="Sha256"/> and reports those that are missing or differ, and shards that the manifest
    /// has no hash of.
    /// </summary>
    /// <param name="progress">Told of bytes hashed, about once a mebibyte.</param>
    /// <param name="cancellation">Stops the hashing.</param>
    /// <returns>The problems, by file; empty where all is well.</returns>
    /// <exception cref="InvalidOperationException">The manifest was not loaded from a folder.</exception>
    public Task<IReadOnlyList<FileMismatch>> VerifyFilesAsync(
        IProgress<HashProgress>? progress = null, CancellationToken cancellation = default) =>
        ModelFiles.VerifyAsync(this, progress, cancellation);

    /// <summary>
    /// The manifest with <see cref="Sha256"/> computed anew: of every file that the stages name in <paramref name="folder"/>,
    /// their shards, and the files listed so far.
    /// </summary>
    /// <exception cref="CheckpointException">A file is missing, or a name leaves the folder.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public Task<ModelManifest> HashFilesAsync(
        string folder, IProgress<HashProgress>? progress = null, CancellationToken cancellation = default) =>
        ModelFiles.HashAsync(this with { Folder = Path.GetFullPath(folder) }, progress, cancellation);
}
