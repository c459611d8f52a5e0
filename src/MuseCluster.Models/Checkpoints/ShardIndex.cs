using System.Text.Json;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// A <c>*.safetensors.index.json</c>: which file of the same folder holds each tensor. Its <c>metadata</c> is ignored, as
/// the reference loaders do.
/// </summary>
internal sealed class ShardIndex
{
    /// <summary>How index files end.</summary>
    public const string Suffix = ".index.json";

    private const int MaxBytes = 32 << 20;
    private const int MaxShards = 4096;

    private ShardIndex(string path, Dictionary<string, string> weightMap)
    {
        Path = path;
        WeightMap = weightMap;
        Shards = [.. weightMap.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Path of the index.</summary>
    public string Path { get; }

    /// <summary>Tensor name to shard file name.</summary>
    public IReadOnlyDictionary<string, string> WeightMap { get; }

    /// <summary>The shards' file names, each once, in ordinal order; each names a file beside the index.</summary>
    public IReadOnlyList<string> Shards { get; }

    /// <summary>Full path of a shard.</summary>
    public string PathOf(string shard) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path) ?? "", shard);

    /// <summary>Reads and checks an index. Whether its shards exist is not looked at.</summary>
    /// <exception cref="CheckpointException">The index is malformed or names a file outside its folder.</exception>
    public static ShardIndex Read(string path)
    {
        using JsonDocument document = JsonFile.Read(path, MaxBytes);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("weight_map", out JsonElement map)
            || map.ValueKind != JsonValueKind.Object)
            throw new CheckpointException(path, null, "has no weight_map object");

        var weightMap = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in map.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
                throw new CheckpointException(path, property.Name, $"its weight_map entry must be a file name, found {property.Value.ValueKind}");
            string shard = property.Value.GetString()!;
            if (ContainedPath.ProblemOfName(shard) is { } problem)
                throw new CheckpointException(path, property.Name, $"its file name {CheckpointException.Quote(shard)} {problem}");
            weightMap.Add(property.Name, shard);
        }

        var index = new ShardIndex(path, weightMap);
        if (index.Shards.Count == 0) throw new CheckpointException(path, null, "its weight_map is empty");
        if (index.Shards.Count > MaxShards)
            throw new CheckpointException(path, null, $"names {index.Shards.Count} files; the most accepted is {MaxShards}");
        return index;
    }
}
