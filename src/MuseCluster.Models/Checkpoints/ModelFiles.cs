using System.Buffers;
using System.Security.Cryptography;

namespace MuseCluster.Models.Checkpoints;

/// <summary>Hashes the files of a model, streaming.</summary>
internal static class ModelFiles
{
    private const int BufferBytes = 1 << 20;

    public static async Task<IReadOnlyList<FileMismatch>> VerifyAsync(
        ModelManifest manifest, IProgress<HashProgress>? progress, CancellationToken cancellation)
    {
        var mismatches = new List<FileMismatch>();
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (string file in manifest.Sha256.Keys)
        {
            if (File.Exists(manifest.PathOf(file))) present.Add(file);
            else mismatches.Add(new FileMismatch(file, "is missing"));
        }

        foreach (var (file, hash) in await HashAllAsync(manifest, present, progress, cancellation).ConfigureAwait(false))
        {
            if (hash != manifest.Sha256[file])
                mismatches.Add(new FileMismatch(file, $"has SHA-256 {hash}, expected {manifest.Sha256[file]}"));
        }

        // An index vouches for its shards' names only: shards without a hash of their own would go unchecked.
        foreach (string index in WeightFiles(manifest).Where(file => IsIndex(file) && present.Contains(file)))
        {
            try
            {
                foreach (string shard in Shards(manifest, index).Where(shard => !manifest.Sha256.ContainsKey(shard)))
                    mismatches.Add(new FileMismatch(shard, $"is named by {index}, but the manifest has no SHA-256 of it"));
            }
            catch (CheckpointException e)
            {
                mismatches.Add(new FileMismatch(index, e.Message));
            }
        }

        return mismatches;
    }

    public static async Task<ModelManifest> HashAsync(
        ModelManifest manifest, IProgress<HashProgress>? progress, CancellationToken cancellation)
    {
        SortedSet<string> files = NamedPlainly(manifest);
        string[] refused =
        [
            .. from file in files
               let problem = ContainedPath.ProblemOfPath(file) ?? (File.Exists(manifest.PathOf(file)) ? null : "is missing")
               where problem is not null
               select $"{CheckpointException.Quote(file)} {problem}",
        ];
        if (refused.Length > 0)
            throw new CheckpointException(manifest.PathOf(ModelManifest.FileName), null, "names files that cannot be hashed:", refused);

        foreach (string index in WeightFiles(manifest).Where(IsIndex)) files.UnionWith(Shards(manifest, index));
        return manifest with { Sha256 = await HashAllAsync(manifest, files, progress, cancellation).ConfigureAwait(false) };
    }

    /// <summary>Every file of a manifest's folder that belongs to the model: those that it names or has a hash of, and their shards.</summary>
    /// <exception cref="CheckpointException">An index is malformed.</exception>
    public static SortedSet<string> Named(ModelManifest manifest)
    {
        SortedSet<string> files = NamedPlainly(manifest);
        foreach (string index in WeightFiles(manifest).Where(IsIndex)) files.UnionWith(Shards(manifest, index));
        return files;
    }

    private static SortedSet<string> NamedPlainly(ModelManifest manifest)
    {
        var files = new SortedSet<string>(manifest.Sha256.Keys, StringComparer.Ordinal);
        foreach (var (_, stage) in manifest.Stages) files.UnionWith(stage.Weights.Concat(stage.Tokenizer?.Files ?? []));
        return files;
    }

    private static bool IsIndex(string file) => file.EndsWith(ShardIndex.Suffix, StringComparison.Ordinal);

    private static IEnumerable<string> WeightFiles(ModelManifest manifest) =>
        manifest.Stages.SelectMany(stage => stage.Value.Weights).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Shards(ModelManifest manifest, string index)
    {
        string folder = index[..(index.LastIndexOf('/') + 1)];
        return ShardIndex.Read(manifest.PathOf(index)).Shards.Select(shard => folder + shard);
    }

    private static async Task<Dictionary<string, string>> HashAllAsync(
        ModelManifest manifest, IReadOnlyCollection<string> files, IProgress<HashProgress>? progress, CancellationToken cancellation)
    {
        long total = files.Sum(file => new FileInfo(manifest.PathOf(file)).Length);
        long done = 0;
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            foreach (string file in files)
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                var stream = new FileStream(
                    manifest.PathOf(file), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true);
                await using (stream.ConfigureAwait(false))
                {
                    int read;
                    while ((read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
                    {
                        hash.AppendData(buffer, 0, read);
                        done += read;
                        progress?.Report(new HashProgress(file, done, total));
                    }
                }

                hashes.Add(file, Convert.ToHexStringLower(hash.GetHashAndReset()));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return hashes;
    }
}
