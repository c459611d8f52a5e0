using System.Text;
using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks.T5;

/// <summary>
/// The dimensions of a T5 model: HuggingFace's <c>config.json</c>, whose field each member names. The model is that of
/// arXiv 1910.10683, in its 1.0 and 1.1 variants.
/// </summary>
public sealed record T5Config
{
    private const int MaxFileBytes = 1 << 20;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary><c>vocab_size</c>: rows of the embedding table; at least the tokenizer's ids.</summary>
    public required int VocabSize { get; init; }

    /// <summary><c>d_model</c>: the width of the hidden states.</summary>
    public required int DModel { get; init; }

    /// <summary><c>d_kv</c>: the width of one attention head; heads times it need not be <see cref="DModel"/>.</summary>
    public required int DKv { get; init; }

    /// <summary><c>d_ff</c>: the width inside the feed-forward layers.</summary>
    public required int DFf { get; init; }

    /// <summary><c>num_layers</c>: blocks of the encoder.</summary>
    public required int NumLayers { get; init; }

    /// <summary><c>num_heads</c>: heads of every attention.</summary>
    public required int NumHeads { get; init; }

    /// <summary><c>num_decoder_layers</c>: blocks of the decoder; null for as many as the encoder has.</summary>
    public int? NumDecoderLayers { get; init; }

    /// <summary><c>relative_attention_num_buckets</c>: classes of relative positions, a multiple of 4. Default 32.</summary>
    public int RelativeAttentionNumBuckets { get; init; } = 32;

    /// <summary><c>relative_attention_max_distance</c>: from here on, all distances share a bucket. Default 128.</summary>
    public int RelativeAttentionMaxDistance { get; init; } = 128;

    /// <summary><c>layer_norm_epsilon</c>. Default 1e-6.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-6;

    /// <summary><c>feed_forward_proj</c>. Default <see cref="T5FeedForwardKind.Relu"/>.</summary>
    public T5FeedForwardKind FeedForwardProj { get; init; } = T5FeedForwardKind.Relu;

    /// <summary><c>tie_word_embeddings</c>: whether the decoder's logits use the embedding table. Default true; false in T5 1.1.</summary>
    public bool TieWordEmbeddings { get; init; } = true;

    /// <summary><c>pad_token_id</c>, which also starts the decoder. Default 0.</summary>
    public int PadTokenId { get; init; }

    /// <summary><c>eos_token_id</c>. Default 1.</summary>
    public int EosTokenId { get; init; } = 1;

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a model; lists every field that is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static T5Config Read(string path)
    {
        using var document = JsonFile.Read(path, MaxFileBytes);
        return T5ConfigReader.Read(document.RootElement, path);
    }

    /// <summary>Reads the text of a <c>config.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a model; lists every field that is wrong.</exception>
    public static T5Config Parse(string json, string file = "config.json")
    {
        ArgumentNullException.ThrowIfNull(json);
        using var document = JsonFile.Parse(Encoding.UTF8.GetBytes(json), file, MaxFileBytes);
        return T5ConfigReader.Read(document.RootElement, file);
    }

    /// <summary>The model as a <c>config.json</c> that HuggingFace's <c>T5EncoderModel</c> loads.</summary>
    public string ToJson()
    {
        Validate();
        bool gated = FeedForwardProj == T5FeedForwardKind.GatedGelu;
        var fields = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["architectures"] = new[] { "T5EncoderModel" },
            ["d_ff"] = DFf,
            ["d_kv"] = DKv,
            ["d_model"] = DModel,
            ["decoder_start_token_id"] = PadTokenId,
            ["dense_act_fn"] = gated ? "gelu_new" : "relu",
            ["eos_token_id"] = EosTokenId,
            ["feed_forward_proj"] = gated ? "gated-gelu" : "relu",
            ["is_gated_act"] = gated,
            ["layer_norm_epsilon"] = LayerNormEpsilon,
            ["model_type"] = "t5",
            ["num_decoder_layers"] = NumDecoderLayers ?? NumLayers,
            ["num_heads"] = NumHeads,
            ["num_layers"] = NumLayers,
            ["pad_token_id"] = PadTokenId,
            ["relative_attention_max_distance"] = RelativeAttentionMaxDistance,
            ["relative_attention_num_buckets"] = RelativeAttentionNumBuckets,
            ["tie_word_embeddings"] = TieWordEmbeddings,
            ["vocab_size"] = VocabSize,
        };
        return JsonSerializer.Serialize(fields, Indented);
    }

    /// <summary>Checks every field and how they go together.</summary>
    /// <exception cref="ArgumentException">Names every field that is wrong, as <c>config.json</c> does.</exception>
    public void Validate()
    {
        string[] problems = [.. Problems().Select(p => p.Problem)];
        if (problems.Length > 0) throw new ArgumentException($"not a T5 model: {string.Join("; ", problems)}");
    }

    /// <summary>What is wrong with which field, each sentence with the field's name in it.</summary>
    internal IEnumerable<(string Field, string Problem)> Problems()
    {
        int lastId = VocabSize > 0 ? VocabSize - 1 : int.MaxValue;
        // The bounds are far beyond any model; they keep products of dimensions within 64 bits.
        (string Name, int Value, int Least, int Most)[] ranges =
        [
            ("vocab_size", VocabSize, 1, 1 << 24),
            ("d_model", DModel, 1, 1 << 17),
            ("d_kv", DKv, 1, 1 << 14),
            ("d_ff", DFf, 1, 1 << 20),
            ("num_layers", NumLayers, 1, 1024),
            ("num_decoder_layers", NumDecoderLayers ?? 1, 1, 1024),
            ("num_heads", NumHeads, 1, 1024),
            ("relative_attention_num_buckets", RelativeAttentionNumBuckets, 4, 1 << 16),
            ("relative_attention_max_distance", RelativeAttentionMaxDistance, 1, 1 << 24),
            ("pad_token_id", PadTokenId, 0, lastId),
            ("eos_token_id", EosTokenId, 0, lastId),
        ];
        foreach (var (name, value, least, most) in ranges)
            if (value < least || value > most)
                yield return (name, $"{name} is {value}; it must be from {least} to {most}{(most == lastId ? ", below vocab_size" : "")}");
        if (!Enum.IsDefined(FeedForwardProj))
            yield return ("feed_forward_proj", $"feed_forward_proj is {FeedForwardProj}; it must be relu or gated-gelu");
        if (!(LayerNormEpsilon is > 0 and < 1))
            yield return ("layer_norm_epsilon", FormattableString.Invariant($"layer_norm_epsilon is {LayerNormEpsilon}; it must be above 0 and below 1"));
        if (RelativeAttentionNumBuckets % 4 != 0)
        {
            yield return ("relative_attention_num_buckets",
                $"relative_attention_num_buckets is {RelativeAttentionNumBuckets}; it must be a multiple of 4");
        }

        // A decoder gives half its buckets to single distances; the other half needs distances of its own.
        if (RelativeAttentionMaxDistance <= RelativeAttentionNumBuckets / 2)
        {
            yield return ("relative_attention_max_distance",
                $"relative_attention_max_distance is {RelativeAttentionMaxDistance}; it must exceed half of relative_attention_num_buckets ({RelativeAttentionNumBuckets})");
        }
    }
}
