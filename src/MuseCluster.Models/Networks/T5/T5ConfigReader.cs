using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks.T5;

/// <summary>
/// Reads the fields of a T5 <c>config.json</c> and collects what is wrong with them, so that one message says all.
/// Fields that do not bear on the network are ignored.
/// </summary>
internal sealed class T5ConfigReader
{
    private readonly JsonElement root;
    private readonly List<(string Field, string Problem)> problems = [];

    private T5ConfigReader(JsonElement root) => this.root = root;

    /// <summary>Reads a whole document.</summary>
    /// <exception cref="CheckpointException">Lists every field that is wrong.</exception>
    public static T5Config Read(JsonElement root, string file)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new CheckpointException(file, null, $"is a JSON {root.ValueKind}; expected an object");
        var reader = new T5ConfigReader(root);
        T5Config config = reader.Read();
        // The range of a field that could not be read would only repeat that it could not.
        foreach (var (field, problem) in config.Problems())
            if (!reader.problems.Exists(p => p.Field == field))
                reader.problems.Add((field, problem));
        return reader.problems.Count == 0
            ? config
            : throw new CheckpointException(file, null, "is not a T5 model:", [.. reader.problems.Select(p => p.Problem)]);
    }

    private T5Config Read()
    {
        if (Text("model_type", "t5") is var type and not ("t5" or "mt5"))
            problems.Add(("model_type", $"model_type is {CheckpointException.Quote(type)}; expected 't5' or 'mt5'"));
        return new T5Config
        {
            VocabSize = Required("vocab_size"),
            DModel = Required("d_model"),
            DKv = Required("d_kv"),
            DFf = Required("d_ff"),
            NumLayers = Required("num_layers"),
            NumHeads = Required("num_heads"),
            NumDecoderLayers = Whole("num_decoder_layers"),
            RelativeAttentionNumBuckets = Whole("relative_attention_num_buckets") ?? 32,
            RelativeAttentionMaxDistance = Whole("relative_attention_max_distance") ?? 128,
            LayerNormEpsilon = Number("layer_norm_epsilon", 1e-6),
            FeedForwardProj = FeedForward(),
            TieWordEmbeddings = Flag("tie_word_embeddings", true),
            PadTokenId = Whole("pad_token_id") ?? 0,
            EosTokenId = Whole("eos_token_id") ?? 1,
        };
    }

    private T5FeedForwardKind FeedForward()
    {
        string text = Text("feed_forward_proj", "relu");
        if (text == "relu") return T5FeedForwardKind.Relu;
        if (text == "gated-gelu") return T5FeedForwardKind.GatedGelu;
        problems.Add(("feed_forward_proj", $"feed_forward_proj is {CheckpointException.Quote(text)}; expected 'relu' or 'gated-gelu'"));
        return default;
    }

    private int Required(string name)
    {
        if (!Find(name, out _)) problems.Add((name, $"{name} is missing"));
        return Whole(name) ?? 0;
    }

    private int? Whole(string name)
    {
        if (!Find(name, out JsonElement value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)) return number;
        return Wrong<int?>(name, value, "a whole number");
    }

    private double Number(string name, double fallback)
    {
        if (!Find(name, out JsonElement value)) return fallback;
        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : Wrong<double>(name, value, "a number");
    }

    private bool Flag(string name, bool fallback)
    {
        if (!Find(name, out JsonElement value)) return fallback;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Wrong<bool>(name, value, "true or false");
    }

    private string Text(string name, string fallback)
    {
        if (!Find(name, out JsonElement value)) return fallback;
        if (value.ValueKind == JsonValueKind.String) return value.GetString()!;
        Wrong<string>(name, value, "a string");
        return fallback;
    }

    // Python writes None as null, and means the default by it.
    private bool Find(string name, out JsonElement value) => root.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private T? Wrong<T>(string name, JsonElement value, string expected)
    {
        problems.Add((name, $"{name} is {CheckpointException.Quote(value.GetRawText())}; expected {expected}"));
        return default;
    }
}
