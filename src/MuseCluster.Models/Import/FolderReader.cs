using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Import;

/// <summary>Recognises what a user names: a pipeline of diffusers, a folder of parts, or one part.</summary>
internal static class FolderReader
{
    private const string Index = "model_index.json";
    private const int MaxIndexBytes = 1 << 20;
    private const int Listed = 8;
    private static readonly string[] Pipelines = ["AmusedPipeline", "AmusedImg2ImgPipeline", "AmusedInpaintPipeline"];

    /// <summary>The parts of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelImportException">There is nothing in it that is known; says what is.</exception>
    /// <exception cref="CheckpointException">A file cannot be read.</exception>
    public static IReadOnlyList<FoundPart> Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new ModelImportException($"{folder}: {(File.Exists(folder) ? "is a file" : "is not there")}; expected a folder with the files of a model");
        if (File.Exists(Path.Combine(folder, Index)))
            return ReadPipeline(folder, Path.Combine(folder, Index));
        var parts = PartReader.Read(folder);
        if (parts.Count > 0)
            return parts;
        // open-muse's pipelines lie side by side in one folder, without an index.
        parts = [.. Directory.GetDirectories(folder).Where(f => Path.GetFileName(f)[0] != '.').Order(StringComparer.Ordinal).SelectMany(PartReader.Read)];
        return parts.Count > 0 ? parts : throw new ModelImportException(
            $"{folder}: {Contents(folder)}; expected {ModelManifest.FileName}, {Index} of {Pipelines[0]}, config.json with weights, a .yaml of taming-transformers with weights, or the files of a tokenizer (vocab.json with merges.txt, spiece.model, tokenizer.json)");
    }

    private static List<FoundPart> ReadPipeline(string folder, string index)
    {
        using JsonDocument document = JsonFile.Read(index, MaxIndexBytes);
        JsonElement root = document.RootElement;
        string name = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("_class_name", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "";
        if (!Pipelines.Contains(name))
            throw new ModelImportException($"{index}: is of {CheckpointException.Quote(name)}; expected {Pipelines[0]}, whose pictures are made of tokens");
        var parts = new List<FoundPart>();
        foreach (JsonProperty component in root.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Array))
        {
            if (ContainedPath.ProblemOfName(component.Name) is { } problem)
                throw new ModelImportException($"{index}: the component {CheckpointException.Quote(component.Name)} {problem}");
            string at = Path.Combine(folder, component.Name);
            if (Directory.Exists(at))
                parts.AddRange(PartReader.Read(at));
        }
        return parts;
    }

    private static string Contents(string folder)
    {
        string[] names = [.. Directory.EnumerateFileSystemEntries(folder).Select(e => Path.GetFileName(e)).Order(StringComparer.Ordinal)];
        return names.Length == 0
            ? "is empty"
            : "holds nothing that is known, only " + string.Join(", ", names.Take(Listed).Select(CheckpointException.Quote)) + (names.Length > Listed ? $" and {names.Length - Listed} more" : "");
    }
}
