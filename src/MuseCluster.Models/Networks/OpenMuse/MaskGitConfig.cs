using System.Text;
using System.Text.Json;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Prompts;

namespace MuseCluster.Models.Networks.OpenMuse;

/// <summary>
/// The dimensions of open-muse's <c>MaskGitTransformer</c> (<c>muse/modeling_transformer.py</c>): the fields of its
/// <c>config.json</c>, each under the name that its member's summary gives. Its convolutional input and output
/// (<c>use_conv_in_out</c>) are not supported.
/// </summary>
public sealed record MaskGitConfig
{
    private const int MaxFileBytes = 1 << 20;

    /// <summary><c>vocab_size</c>: rows of the embedding table: codes, classes where there are any, and the mask as the last.</summary>
    public required int VocabSize { get; init; }

    /// <summary><c>hidden_size</c>: the width of the hidden states. Default 768.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary><c>num_hidden_layers</c>. Default 12.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary><c>num_attention_heads</c>, a divisor of <see cref="HiddenSize"/>. Default 12.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary><c>intermediate_size</c>: the width inside the feed-forward layers. Default 3072.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary><c>max_position_embeddings</c>: the longest sequence, a class's token included. Default 256.</summary>
    public int MaxPositionEmbeddings { get; init; } = 256;

    /// <summary><c>add_cross_attention</c>: whether the layers attend to a text. Default false.</summary>
    public bool AddCrossAttention { get; init; }

    /// <summary><c>encoder_hidden_size</c>: the width of the text's states. Default 1024.</summary>
    public int EncoderHiddenSize { get; init; } = 1024;

    /// <summary>
    /// <c>project_encoder_hidden_states</c>: whether the text's states are projected to <see cref="HiddenSize"/> and normalised
    /// before the layers see them. Default false. The projection's weights are there without cross-attention too.
    /// </summary>
    public bool ProjectEncoderHiddenStates { get; init; }

    /// <summary><c>norm_type</c>. Default <see cref="MaskGitNormType.LayerNorm"/>.</summary>
    public MaskGitNormType NormType { get; init; } = MaskGitNormType.LayerNorm;

    /// <summary><c>layer_norm_eps</c>. Default 1e-5.</summary>
    public double LayerNormEps { get; init; } = 1e-5;

    /// <summary><c>use_normformer</c>: whether what attentions and feed-forward layers give is normalised too. Default true.</summary>
    public bool UseNormformer { get; init; } = true;

    /// <summary><c>use_encoder_layernorm</c>: whether the last layer's output is normalised. Default true.</summary>
    public bool UseEncoderLayernorm { get; init; } = true;

    /// <summary><c>use_mlm_layer</c>: whether a dense layer stands before the logits. Default true.</summary>
    public bool UseMlmLayer { get; init; } = true;

    /// <summary><c>use_mlm_layernorm</c>: whether that layer's output is normalised. Default true.</summary>
    public bool UseMlmLayernorm { get; init; } = true;

    /// <summary><c>use_bias</c>: whether projections and layer normalisations have biases. Default false.</summary>
    public bool UseBias { get; init; }

    /// <summary><c>codebook_size</c>: the codes. Default 1024.</summary>
    public int CodebookSize { get; init; } = 1024;

    /// <summary><c>num_vq_tokens</c>: the codes of one picture. Default 256.</summary>
    public int NumVqTokens { get; init; } = 256;

    /// <summary><c>num_classes</c>: classes, whose tokens follow the codes; null for a model without classes.</summary>
    public int? NumClasses { get; init; }

    /// <summary><c>use_codebook_size_for_output</c>: whether logits cover the codes alone rather than all tokens. Default false.</summary>
    public bool UseCodebookSizeForOutput { get; init; }

    /// <summary><c>mask_token_id</c>: the last row of the table. The reference sets it so, whatever the file says.</summary>
    public int MaskTokenId => VocabSize - 1;

    /// <summary>The logits of one position.</summary>
    public int OutputSize => UseCodebookSizeForOutput ? CodebookSize : VocabSize;

    /// <summary>Whether a class's token stands before the codes: with classes, and without a text to attend to.</summary>
    public bool HasClassToken => NumClasses is not null && !AddCrossAttention;

    /// <summary>What masked decoding has to know of it: <c>num_vq_tokens</c> is a square's tokens.</summary>
    public MaskedTransformerShape Shape => new()
    {
        CodebookSize = CodebookSize,
        MaskId = MaskTokenId,
        Height = Side,
        Width = Side,
        Dim = HiddenSize,
        RowLayers = [(HiddenSize, HiddenSize), (HiddenSize, IntermediateSize), (IntermediateSize, HiddenSize), (HiddenSize, CodebookSize)],
        Prompt = HasClassToken ? ClassPromptEncoder.ClassShape : new(0, EncoderHiddenSize),
        // PipelineMuse (muse/pipeline_muse.py) gives neither the text encoder nor the transformer a mask.
        Text = new TextUse { Padding = true },
        Classes = HasClassToken ? NumClasses : null,
    };

    private int Side => (int)Math.Sqrt(NumVqTokens);

    /// <summary>Checks that grids can be decoded with it.</summary>
    /// <exception cref="ConfigException">They cannot; every reason is listed.</exception>
    public void CheckDecodable() => ConfigException.ThrowIfAny(nameof(MaskGitTransformer),
    [
        (Side * Side != NumVqTokens, $"num_vq_tokens is {NumVqTokens}, expected a square's tokens"),
        (NumVqTokens + (HasClassToken ? 1 : 0) > MaxPositionEmbeddings, $"max_position_embeddings is {MaxPositionEmbeddings}, expected room for the {Shape.Positions} positions of a picture"),
        (!AddCrossAttention && NumClasses is null, "add_cross_attention is false and num_classes is missing, expected one of the two: it takes neither texts nor classes"),
    ]);

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a model; lists every field that is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static MaskGitConfig Read(string path)
    {
        using JsonDocument document = JsonFile.Read(path, MaxFileBytes);
        return MaskGitConfigReader.Read(document.RootElement, path);
    }

    /// <summary>Reads the text of a <c>config.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a model; lists every field that is wrong.</exception>
    public static MaskGitConfig Parse(string json, string file = "config.json")
    {
        ArgumentNullException.ThrowIfNull(json);
        using JsonDocument document = JsonFile.Parse(Encoding.UTF8.GetBytes(json), file, MaxFileBytes);
        return MaskGitConfigReader.Read(document.RootElement, file);
    }

    /// <summary>Checks every field and how they go together.</summary>
    /// <exception cref="ArgumentException">Names every field that is wrong, as <c>config.json</c> does.</exception>
    public void Validate()
    {
        string[] problems = [.. Problems().Select(p => p.Problem)];
        if (problems.Length > 0) throw new ArgumentException($"not a MaskGitTransformer: {string.Join("; ", problems)}");
    }

    /// <summary>What is wrong with which field, each sentence with the field's name in it.</summary>
    internal IEnumerable<(string Field, string Problem)> Problems()
    {
        // The bounds are far beyond any model; they keep products of dimensions within 64 bits.
        (string Name, int Value, int Most)[] ranges =
        [
            ("vocab_size", VocabSize, 1 << 24),
            ("hidden_size", HiddenSize, 1 << 17),
            ("num_hidden_layers", NumHiddenLayers, 1024),
            ("num_attention_heads", NumAttentionHeads, 1024),
            ("intermediate_size", IntermediateSize, 1 << 20),
            ("max_position_embeddings", MaxPositionEmbeddings, 1 << 20),
            ("encoder_hidden_size", EncoderHiddenSize, 1 << 17),
            ("codebook_size", CodebookSize, 1 << 24),
            ("num_vq_tokens", NumVqTokens, 1 << 20),
            ("num_classes", NumClasses ?? 1, 1 << 24),
        ];
        foreach (var (name, value, most) in ranges)
            if (value < 1 || value > most)
                yield return (name, $"{name} is {value}; it must be from 1 to {most}");
        if (!Enum.IsDefined(NormType))
            yield return ("norm_type", $"norm_type is {NormType}; it must be layernorm or rmsnorm");
        if (!(LayerNormEps is > 0 and < 1))
            yield return ("layer_norm_eps", FormattableString.Invariant($"layer_norm_eps is {LayerNormEps}; it must be above 0 and below 1"));
        if (NumAttentionHeads > 0 && HiddenSize % NumAttentionHeads != 0)
            yield return ("num_attention_heads", $"num_attention_heads is {NumAttentionHeads}; it must divide hidden_size ({HiddenSize})");
        if (CodebookSize + (long)(NumClasses ?? 0) + 1 > VocabSize)
        {
            yield return ("vocab_size",
                $"vocab_size is {VocabSize}; it must hold codebook_size ({CodebookSize}), num_classes ({NumClasses ?? 0}) and the mask");
        }
    }
}
