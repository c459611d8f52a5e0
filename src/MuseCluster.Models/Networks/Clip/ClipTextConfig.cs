using System.Text;
using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks.Clip;

/// <summary>
/// The dimensions of a CLIP text model (arXiv 2103.00020): HuggingFace's <c>config.json</c>, whose field each member names (of
/// a whole CLIP model those of its <c>text_config</c>), with the defaults of <c>CLIPTextConfig</c> (transformers' <c>models/clip/configuration_clip.py</c>).
/// </summary>
public sealed record ClipTextConfig
{
    /// <summary>The end of text's id in the configs of OpenAI's models, which is not the id that their tokenizer gives.</summary>
    public const int LegacyEosTokenId = 2;

    private const int MaxFileBytes = 1 << 20;
    private const string WithProjection = "CLIPTextModelWithProjection", WholeModel = "clip";

    /// <summary><c>vocab_size</c>: rows of the token table. Default 49408.</summary>
    public int VocabSize { get; init; } = 49408;

    /// <summary><c>hidden_size</c>: the width of the hidden states. Default 512.</summary>
    public int HiddenSize { get; init; } = 512;

    /// <summary><c>intermediate_size</c>: the width inside the feed-forward layers. Default 2048.</summary>
    public int IntermediateSize { get; init; } = 2048;

    /// <summary><c>projection_dim</c>: the width of a text's embedding, where the model has the projection. Default 512.</summary>
    public int ProjectionDim { get; init; } = 512;

    /// <summary><c>num_hidden_layers</c>. Default 12.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary><c>num_attention_heads</c>: divides <see cref="HiddenSize"/>. Default 8.</summary>
    public int NumAttentionHeads { get; init; } = 8;

    /// <summary><c>max_position_embeddings</c>: the longest text, begin and end included. Default 77.</summary>
    public int MaxPositionEmbeddings { get; init; } = 77;

    /// <summary><c>hidden_act</c>. Default <see cref="ClipActivation.QuickGelu"/>.</summary>
    public ClipActivation HiddenAct { get; init; } = ClipActivation.QuickGelu;

    /// <summary><c>layer_norm_eps</c>. Default 1e-5.</summary>
    public double LayerNormEps { get; init; } = 1e-5;

    /// <summary>
    /// <c>eos_token_id</c>: whose first place in a text is where the text's embedding is taken.
    /// <see cref="LegacyEosTokenId"/> stands for the largest id of the text instead. Default 49407.
    /// </summary>
    public int EosTokenId { get; init; } = 49407;

    /// <summary>Whether <c>architectures</c> names the model with a projection; null where it names none.</summary>
    public bool? Projected { get; init; }

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a model; lists every field that is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ClipTextConfig Read(string path)
    {
        using var document = JsonFile.Read(path, MaxFileBytes);
        return Read(document.RootElement, path);
    }

    /// <summary>Reads the text of a <c>config.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a model; lists every field that is wrong.</exception>
    public static ClipTextConfig Parse(string json, string file = "config.json")
    {
        ArgumentNullException.ThrowIfNull(json);
        using var document = JsonFile.Parse(Encoding.UTF8.GetBytes(json), file, MaxFileBytes);
        return Read(document.RootElement, file);
    }

    /// <summary>Checks every field and how they go together.</summary>
    /// <exception cref="ConfigException">Names every field that is wrong, as <c>config.json</c> does.</exception>
    public void Validate() => ConfigException.ThrowIfAny("CLIP text model", Problems().Select(p => (true, p.Problem)));

    private static ClipTextConfig Read(JsonElement root, string file) =>
        ConfigFields.Read(root, file, "CLIP text model", Read, (config, problems) => problems.Add(config.Problems()));

    private static ClipTextConfig Read(ConfigFields fields)
    {
        if (!fields.Choice("model_type", ("clip_text_model", false), (WholeModel, true))) return ReadText(fields, fields.Words("architectures"));
        // Of a whole CLIP model, the width that pictures and texts share counts, and the checkpoint tells whether there is a projection.
        ClipTextConfig text = ReadText(fields.Object("text_config"), []);
        return text with { ProjectionDim = fields.Whole("projection_dim", text.ProjectionDim) };
    }

    private static ClipTextConfig ReadText(ConfigFields fields, IReadOnlyList<string> architectures)
    {
        fields.Only("model_type", "clip_text_model");
        return new ClipTextConfig
        {
            VocabSize = fields.Whole("vocab_size", 49408),
            HiddenSize = fields.Whole("hidden_size", 512),
            IntermediateSize = fields.Whole("intermediate_size", 2048),
            ProjectionDim = fields.Whole("projection_dim", 512),
            NumHiddenLayers = fields.Whole("num_hidden_layers", 12),
            NumAttentionHeads = fields.Whole("num_attention_heads", 8),
            MaxPositionEmbeddings = fields.Whole("max_position_embeddings", 77),
            HiddenAct = fields.Choice("hidden_act", ("quick_gelu", ClipActivation.QuickGelu), ("gelu", ClipActivation.Gelu)),
            LayerNormEps = fields.Number("layer_norm_eps", 1e-5),
            EosTokenId = fields.Whole("eos_token_id", 49407),
            Projected = architectures.Count == 0 ? null : architectures.Contains(WithProjection),
        };
    }

    private IEnumerable<(string Field, string Problem)> Problems()
    {
        // The bounds are far beyond any model; they keep products of dimensions within 64 bits.
        (string Name, int Value, int Most)[] ranges =
        [
            ("vocab_size", VocabSize, 1 << 24),
            ("hidden_size", HiddenSize, 1 << 17),
            ("intermediate_size", IntermediateSize, 1 << 20),
            ("projection_dim", ProjectionDim, 1 << 17),
            ("num_hidden_layers", NumHiddenLayers, 1024),
            ("num_attention_heads", NumAttentionHeads, 1024),
            ("max_position_embeddings", MaxPositionEmbeddings, 1 << 16),
        ];
        foreach (var (name, value, most) in ranges)
            if (value < 1 || value > most)
                yield return (name, $"{name} is {value}; it must be from 1 to {most}");
        if (NumAttentionHeads >= 1 && HiddenSize >= 1 && HiddenSize % NumAttentionHeads != 0)
            yield return ("num_attention_heads", $"num_attention_heads is {NumAttentionHeads}; it must divide hidden_size ({HiddenSize})");
        if (!Enum.IsDefined(HiddenAct))
            yield return ("hidden_act", $"hidden_act is {HiddenAct}; it must be quick_gelu or gelu");
        if (!(LayerNormEps is > 0 and < 1))
            yield return ("layer_norm_eps", FormattableString.Invariant($"layer_norm_eps is {LayerNormEps}; it must be above 0 and below 1"));
        if (EosTokenId < 0)
            yield return ("eos_token_id", $"eos_token_id is {EosTokenId}; it must not be negative");
    }
}
