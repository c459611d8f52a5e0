using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Import;

/// <summary>Recognises the parts that lie in one folder, by the files that the references write.</summary>
internal static class PartReader
{
    private const int MaxConfigBytes = 1 << 20;
    private static readonly string[] YamlFolders = ["", "configs"], CheckpointFolders = ["", "checkpoints", "ckpts"];
    private static readonly string[] ClipOptional = ["special_tokens_map.json", "tokenizer_config.json"];

    /// <summary>The parts of a folder; those of folders within it are not looked at.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelImportException">It is of a class that is not known, or that serves no model here.</exception>
    /// <exception cref="CheckpointException">A configuration cannot be read, or there are no weights beside it, or several.</exception>
    public static IReadOnlyList<FoundPart> Read(string folder)
    {
        var parts = new List<FoundPart>();
        if (Tokenizer(folder) is { } tokenizer)
            parts.Add(tokenizer);
        string config = Path.Combine(folder, "config.json"), scheduler = Path.Combine(folder, "scheduler_config.json");
        if (File.Exists(scheduler))
            parts.Add(Network(scheduler, JsonFile.Read(scheduler, MaxConfigBytes)));
        if (File.Exists(config))
            parts.Add(Network(config, JsonFile.Read(config, MaxConfigBytes)));
        else if (YamlFolders.Select(f => Path.Combine(folder, f)).Where(Directory.Exists).SelectMany(Yamls).ToArray() is { Length: > 0 } yamls)
            parts.Add(Taming(folder, yamls));
        return parts;
    }

    private static FoundPart? Tokenizer(string folder)
    {
        string[] clip = [Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt")];
        if (clip.All(File.Exists))
            return new FoundPart(KnownPart.ClipTokenizer, folder, [.. clip, .. ClipOptional.Select(f => Path.Combine(folder, f)).Where(File.Exists)]);
        string? pieces = new[] { "spiece.model", "tokenizer.json" }.Select(f => Path.Combine(folder, f)).FirstOrDefault(File.Exists);
        // Where padding counts as text, the settings say how long texts are.
        string settings = Path.Combine(folder, "tokenizer_config.json");
        return pieces is null ? null : new FoundPart(KnownPart.SentencePiece, folder, File.Exists(settings) ? [pieces, settings] : [pieces]);
    }

    private static FoundPart Network(string file, JsonDocument document)
    {
        using (document)
        {
            string folder = Path.GetDirectoryName(file)!, name = Class(document.RootElement);
            var known = KnownPart.Find(name) ?? throw new ModelImportException(
                $"{file}: is of {CheckpointException.Quote(name)}; expected {string.Join(", ", KnownPart.All.Where(p => p.Refusal is null && char.IsUpper(p.Class[0])).Select(p => p.Class))}, or a transformer of muse-maskgit-pytorch");
            if (known.Refusal is { } refusal)
                throw new ModelImportException($"{file}: is of {known.Class}, {refusal}");
            return new FoundPart(known, folder, known.Role == PartRole.Scheduler ? [] : [Weights(folder)], document.RootElement.Clone());
        }
    }

    // diffusers and open-muse name the class, transformers the classes or at least the model; taming says what it builds.
    private static string Class(JsonElement config)
    {
        if (Text(config, "_class_name") is { } name)
            return name;
        if (Text(config, "class") is { } lucid && config.TryGetProperty("num_tokens", out _))
            return $"muse-maskgit-pytorch {lucid}";
        if (config.ValueKind == JsonValueKind.Object && config.TryGetProperty("num_tokens", out _) && config.TryGetProperty("seq_len", out _))
            return "muse-maskgit-pytorch MaskGitTransformer";
        if (config.ValueKind == JsonValueKind.Object && config.TryGetProperty("architectures", out var classes) && classes.ValueKind == JsonValueKind.Array
            && classes.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.String } first)
            return first.GetString()!;
        if (Text(config, "model_type") is { } type)
            return type;
        return config.ValueKind == JsonValueKind.Object && config.TryGetProperty("model", out var model) && Text(model, "target") is { } target ? target : "nothing that it names";
    }

    private static FoundPart Taming(string folder, string[] yamls)
    {
        if (yamls.Length > 1)
            throw new CheckpointException(folder, null, "the folder holds several configurations; expected one .yaml:", [.. yamls.Select(Path.GetFileName)!]);
        var part = YamlFile.Read(yamls[0], MaxConfigBytes);
        using (part)
        {
            string name = Class(part.RootElement);
            var known = KnownPart.Find(name) ?? throw new ModelImportException($"{yamls[0]}: is of {CheckpointException.Quote(name)}; expected a VQGAN, such as taming.models.vqgan.VQModel");
            string weights = CheckpointFolders.Select(f => Path.Combine(folder, f)).FirstOrDefault(f => Directory.Exists(f) && HasWeights(f)) ?? folder;
            return new FoundPart(known, folder, [Weights(weights)], part.RootElement.Clone());
        }
    }

    private static string Weights(string folder) => CheckpointFolder.Choose(folder);

    private static bool HasWeights(string folder) =>
        Directory.EnumerateFiles(folder).Any(f => f.EndsWith(".safetensors", StringComparison.Ordinal) || Checkpoints.Pickle.PickleFile.HasName(f));

    private static IEnumerable<string> Yamls(string folder) => Directory.GetFiles(folder).Where(f => Path.GetExtension(f) is ".yaml" or ".yml").Order(StringComparer.Ordinal);

    private static string? Text(JsonElement element, string field) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
