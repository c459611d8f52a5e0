using System.Text.Json;
using MuseCluster.Models.Checkpoints.Pickle;

namespace MuseCluster.Models.Checkpoints;

/// <summary>Turns the JSON of a manifest into a <see cref="ModelManifest"/>, or into the list of all that is wrong with it.</summary>
internal sealed class ManifestReader
{
    private const int Sha256HexLength = 64;

    private readonly List<string> problems = [];

    private ManifestReader()
    {
    }

    /// <exception cref="CheckpointException">Something is wrong; every problem is listed.</exception>
    public static ModelManifest Read(JsonElement root, string file)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new CheckpointException(file, null, "must be a JSON object");
        RefuseOtherVersions(root, file);
        var reader = new ManifestReader();
        ModelManifest manifest = reader.Manifest(new ManifestObject(root, "", reader.problems));
        return reader.problems.Count == 0
            ? manifest
            : throw new CheckpointException(file, null, $"{reader.problems.Count} problems:", reader.problems);
    }

    // By itself, and first: what else looks wrong in another version's manifest may be right there.
    private static void RefuseOtherVersions(JsonElement root, string file)
    {
        if (!root.TryGetProperty("formatVersion", out JsonElement version))
            throw new CheckpointException(file, null, $"formatVersion: is missing; this build reads {ModelManifest.CurrentVersion}");
        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number) || number != ModelManifest.CurrentVersion)
            throw new CheckpointException(file, null,
                $"formatVersion: found {CheckpointException.Quote(version.GetRawText())}; this build reads {ModelManifest.CurrentVersion}");
    }

    private ModelManifest Manifest(ManifestObject root)
    {
        root.Integer("formatVersion", ModelManifest.CurrentVersion, ModelManifest.CurrentVersion, ModelManifest.CurrentVersion);
        string name = root.Name("name");
        string description = root.Text("description", required: false);
        string licence = root.Text("licence", required: true);
        ManifestObject? stages = root.Child("stages", required: true);
        StageManifest? text = Stage(stages, "text", required: false, reads: true);
        StageManifest? @base = Stage(stages, "base", required: true, reads: false);
        StageManifest? superres = Stage(stages, "superres", required: false, reads: false);
        StageManifest? pixels = Stage(stages, "pixels", required: true, reads: false);
        StageManifest? preview = Stage(stages, "preview", required: false, reads: false);
        stages?.ReportUnknown();
        GenerationDefaults defaults = Defaults(root.Child("defaults", required: false));
        Dictionary<string, string> hashes = Hashes(root);
        root.ReportUnknown();

        var manifest = new ModelManifest
        {
            Name = name,
            Description = description,
            Licence = licence,
            Text = text,
            Base = @base!, // null only with a problem listed, and then nobody sees the manifest
            Superres = superres,
            Pixels = pixels!,
            Preview = preview,
            Defaults = defaults,
            Sha256 = hashes,
        };
        ReportUnhashed(manifest);
        return manifest;
    }

    private static StageManifest? Stage(ManifestObject? stages, string name, bool required, bool reads)
    {
        if (stages?.Child(name, required) is not { } stage) return null;
        string network = stage.Id("network");
        IReadOnlyList<string> weights = stage.Files("weights");
        for (int i = 0; i < weights.Count; i++)
        {
            if (weights[i].Length > 0 && !weights[i].EndsWith(".safetensors", StringComparison.Ordinal)
                && !weights[i].EndsWith(ShardIndex.Suffix, StringComparison.Ordinal) && !PickleFile.HasName(weights[i]))
                stage.Report($"weights[{i}]", $"{CheckpointException.Quote(weights[i])} must end with .safetensors, {PickleFile.Names} or {ShardIndex.Suffix}");
        }

        TokenizerManifest? tokenizer = reads ? Tokenizer(stage.Child("tokenizer", required: true)) : null;
        JsonElement config = stage.Object("config", required: true, out JsonElement value) ? value.Clone() : default;
        stage.ReportUnknown();
        return new StageManifest { Network = network, Weights = weights, Config = config, Tokenizer = tokenizer };
    }

    private static TokenizerManifest? Tokenizer(ManifestObject? tokenizer)
    {
        if (tokenizer is null) return null;
        var read = new TokenizerManifest { Kind = tokenizer.Id("kind"), Files = tokenizer.Files("files") };
        tokenizer.ReportUnknown();
        return read;
    }

    private static GenerationDefaults Defaults(ManifestObject? defaults)
    {
        var muse = new GenerationDefaults();
        if (defaults is null) return muse;
        var read = new GenerationDefaults
        {
            Steps = defaults.Integer("steps", muse.Steps, 1, GenerationDefaults.MaxSteps),
            SrSteps = defaults.Integer("srSteps", muse.SrSteps, 1, GenerationDefaults.MaxSteps),
            Guidance = defaults.Number("guidance", muse.Guidance, 0, GenerationDefaults.MaxScale),
            SrGuidance = defaults.Number("srGuidance", muse.SrGuidance, 0, GenerationDefaults.MaxScale),
            Rule = defaults.Id("rule", muse.Rule),
            FinalTemperature = defaults.Number("finalTemperature", muse.FinalTemperature, 0, GenerationDefaults.MaxScale),
            Temperature = defaults.Number("temperature", muse.Temperature, 0, GenerationDefaults.MaxScale),
            MinP = defaults.Number("minP", muse.MinP, 0, 1),
            Schedule = defaults.Id("schedule", muse.Schedule),
        };
        defaults.ReportUnknown();
        return read;
    }

    private Dictionary<string, string> Hashes(ManifestObject root)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!root.Object("sha256", required: true, out JsonElement map)) return hashes;
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            string at = $"sha256.{CheckpointException.Quote(entry.Name)}";
            string hash = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
            if (ContainedPath.ProblemOfPath(entry.Name) is { } problem) problems.Add($"{at}: the file name {problem}");
            if (hash.Length != Sha256HexLength || !hash.All(char.IsAsciiHexDigit))
                problems.Add($"{at}: must be {Sha256HexLength} hex digits, found {CheckpointException.Quote(entry.Value.GetRawText())}");
            hashes[entry.Name] = hash.ToLowerInvariant();
        }

        return hashes;
    }

    private void ReportUnhashed(ModelManifest manifest)
    {
        foreach (var (name, stage) in manifest.Stages)
        {
            foreach (var (field, files) in new[] { ("weights", stage.Weights), ("tokenizer.files", stage.Tokenizer?.Files ?? []) })
                foreach (string file in files)
                    if (file.Length > 0 && !manifest.Sha256.ContainsKey(file))
                        problems.Add($"sha256: has no entry for {CheckpointException.Quote(file)}, which stages.{name}.{field} names");
        }
    }
}
