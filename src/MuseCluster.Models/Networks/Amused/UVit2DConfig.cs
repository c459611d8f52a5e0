using System.Text;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Prompts;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// The dimensions of aMUSEd's transformer (arXiv 2401.01808, section 3): the <c>config.json</c> of diffusers'
/// <c>UVit2DModel</c> or of open-muse's <c>MaskGiTUViT_v2</c>, whose field each member names. Both are one network; how they
/// differ is in <see cref="Source"/> and <see cref="NormType"/>. The defaults are those of both.
/// </summary>
public sealed record UVit2DConfig
{
    /// <summary>Numbers of the micro-conditioning in aMUSEd: width, height, left and top of the crop, and score.</summary>
    public const int AmusedMicroConds = 5;

    private const int MaxFileBytes = 1 << 20;

    /// <summary>Whose network it is. Default <see cref="UVit2DSource.Diffusers"/>.</summary>
    public UVit2DSource Source { get; init; }

    /// <summary><c>norm_type</c> of open-muse; diffusers has <see cref="UVit2DNorm.Rms"/> alone, the default.</summary>
    public UVit2DNorm NormType { get; init; }

    /// <summary><c>hidden_size</c>: the width of the transformer. Default 1024.</summary>
    public int HiddenSize { get; init; } = 1024;

    /// <summary><c>use_bias</c>: whether projections, convolutions and layer normalisations add a bias. Default false.</summary>
    public bool UseBias { get; init; }

    /// <summary><c>cond_embed_dim</c>: the width of the pooled text. Default 768.</summary>
    public int CondEmbedDim { get; init; } = 768;

    /// <summary><c>micro_cond_encode_dim</c>: the width that one number of the micro-conditioning is encoded to. Default 256.</summary>
    public int MicroCondEncodeDim { get; init; } = 256;

    /// <summary><c>micro_cond_embed_dim</c>: the width of all of them, a multiple of <see cref="MicroCondEncodeDim"/>. Default 1280.</summary>
    public int MicroCondEmbedDim { get; init; } = 1280;

    /// <summary><c>encoder_hidden_size</c>: the width of the text encoder's hidden states. Default 768.</summary>
    public int EncoderHiddenSize { get; init; } = 768;

    /// <summary><c>vocab_size</c>: rows of the token table, of which the last is the mask. Default 8256.</summary>
    public int VocabSize { get; init; } = 8256;

    /// <summary><c>codebook_size</c>: tokens that a picture is made of, and width of the logits. Default 8192.</summary>
    public int CodebookSize { get; init; } = 8192;

    /// <summary><c>in_channels</c>: the width of a token's vector. Default 768.</summary>
    public int InChannels { get; init; } = 768;

    /// <summary><c>block_out_channels</c>: the width of the blocks before and after the transformer. Default 768.</summary>
    public int BlockOutChannels { get; init; } = 768;

    /// <summary><c>num_res_blocks</c>: convolutions, each with its attention, before the transformer and after it. Default 3.</summary>
    public int NumResBlocks { get; init; } = 3;

    /// <summary><c>downsample</c>: whether the grid is halved before the transformer. Default false; true for 512 pixels.</summary>
    public bool Downsample { get; init; }

    /// <summary><c>upsample</c>: whether the grid is doubled after it. Default false; true for 512 pixels.</summary>
    public bool Upsample { get; init; }

    /// <summary><c>block_num_heads</c>: heads of the attentions beside the transformer. Default 12.</summary>
    public int BlockNumHeads { get; init; } = 12;

    /// <summary><c>num_hidden_layers</c>: layers of the transformer. Default 22.</summary>
    public int NumHiddenLayers { get; init; } = 22;

    /// <summary><c>num_attention_heads</c>: heads of its attentions. Default 16.</summary>
    public int NumAttentionHeads { get; init; } = 16;

    /// <summary><c>intermediate_size</c>: the width inside its feed-forward layers. Default 2816.</summary>
    public int IntermediateSize { get; init; } = 2816;

    /// <summary><c>layer_norm_eps</c>. Default 1e-6.</summary>
    public double LayerNormEps { get; init; } = 1e-6;

    /// <summary><c>ln_elementwise_affine</c>: whether normalisations have weights. Default true.</summary>
    public bool LnElementwiseAffine { get; init; } = true;

    /// <summary><c>sample_size</c> of diffusers, the root of <c>num_vq_tokens</c> of open-muse: the side of the grids that pipelines ask for. Default 64 and 16.</summary>
    public int SampleSize { get; init; } = 64;

    /// <summary>The id of a token that is not known: the last of the vocabulary, whatever <c>mask_token_id</c> says, as in both references.</summary>
    public int MaskTokenId => VocabSize - 1;

    /// <summary>How many numbers the micro-conditioning has: five in aMUSEd.</summary>
    public int MicroConds => MicroCondEmbedDim / MicroCondEncodeDim;

    /// <summary>What masked decoding has to know of it: square grids of <see cref="SampleSize"/> unless a picture says otherwise, texts of any length.</summary>
    public MaskedTransformerShape Shape => new()
    {
        CodebookSize = CodebookSize,
        MaskId = MaskTokenId,
        Height = SampleSize,
        Width = SampleSize,
        Patch = Downsample ? 2 : 1,
        AnyGrid = true,
        MicroConditioned = true,
        Dim = HiddenSize,
        RowLayers =
        [
            (BlockOutChannels, 4 * BlockOutChannels), (4 * BlockOutChannels, BlockOutChannels), (BlockOutChannels, BlockOutChannels),
            (BlockOutChannels, HiddenSize), (HiddenSize, HiddenSize), (HiddenSize, 2 * IntermediateSize), (IntermediateSize, HiddenSize),
            (HiddenSize, BlockOutChannels), (BlockOutChannels, InChannels), (InChannels, CodebookSize), (InChannels, BlockOutChannels),
            .. Downsample ? new[] { (4 * BlockOutChannels, BlockOutChannels) } : [],
            .. Upsample ? new[] { (BlockOutChannels, 4 * BlockOutChannels) } : [],
        ],
        Prompt = new(0, EncoderHiddenSize, CondEmbedDim),
        Text = new TextUse { Penultimate = true, Padding = true },
    };

    // diffusers' SkipFFTransformerBlock has a normalisation of its own that the config does not reach.
    internal double BlockAttentionNormEps => Source == UVit2DSource.Diffusers ? 1e-6 : LayerNormEps;

    internal bool BlockAttentionNormAffine => Source == UVit2DSource.Diffusers || LnElementwiseAffine;

    /// <summary>Reads a <c>config.json</c> of either reference.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a network; lists every field that is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static UVit2DConfig Read(string path)
    {
        using var document = JsonFile.Read(path, MaxFileBytes);
        return UVit2DConfigReader.Read(document.RootElement, path);
    }

    /// <summary>Reads the text of a <c>config.json</c> of either reference.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a network; lists every field that is wrong.</exception>
    public static UVit2DConfig Parse(string json, string file = "config.json")
    {
        ArgumentNullException.ThrowIfNull(json);
        using var document = JsonFile.Parse(Encoding.UTF8.GetBytes(json), file, MaxFileBytes);
        return UVit2DConfigReader.Read(document.RootElement, file);
    }

    /// <summary>Checks every field and how they go together.</summary>
    /// <exception cref="ConfigException">Names every field that is wrong, as <c>config.json</c> does.</exception>
    public void Validate() => ConfigException.ThrowIfAny("U-ViT", Problems().Select(p => (true, p.Problem)));

    /// <summary>What is wrong with which field, each sentence with the field's name in it.</summary>
    internal IEnumerable<(string Field, string Problem)> Problems()
    {
        // The bounds are far beyond any model; they keep products of dimensions within 64 bits.
        (string Name, int Value, int Most)[] ranges =
        [
            ("hidden_size", HiddenSize, 1 << 17),
            ("cond_embed_dim", CondEmbedDim, 1 << 17),
            ("micro_cond_encode_dim", MicroCondEncodeDim, 1 << 17),
            ("micro_cond_embed_dim", MicroCondEmbedDim, 1 << 20),
            ("encoder_hidden_size", EncoderHiddenSize, 1 << 17),
            ("vocab_size", VocabSize, 1 << 24),
            ("codebook_size", CodebookSize, 1 << 24),
            ("in_channels", InChannels, 1 << 17),
            ("block_out_channels", BlockOutChannels, 1 << 17),
            ("num_res_blocks", NumResBlocks, 1024),
            ("block_num_heads", BlockNumHeads, 1024),
            ("num_hidden_layers", NumHiddenLayers, 1024),
            ("num_attention_heads", NumAttentionHeads, 1024),
            ("intermediate_size", IntermediateSize, 1 << 20),
            ("sample_size", SampleSize, 1 << 16),
        ];
        foreach (var (name, value, most) in ranges)
            if (value < 1 || value > most)
                yield return (name, $"{name} is {value}; it must be from 1 to {most}");
        (string Name, int Value, string Multiple, int Of)[] divisors =
        [
            ("block_num_heads", BlockNumHeads, "block_out_channels", BlockOutChannels),
            ("num_attention_heads", NumAttentionHeads, "hidden_size", HiddenSize),
            ("micro_cond_encode_dim", MicroCondEncodeDim, "micro_cond_embed_dim", MicroCondEmbedDim),
        ];
        foreach (var (name, value, multiple, of) in divisors)
            if (value >= 1 && of >= 1 && of % value != 0)
                yield return (name, $"{name} is {value}; it must divide {multiple} ({of})");
        if (CodebookSize >= VocabSize && CodebookSize >= 1 && VocabSize >= 1)
            yield return ("codebook_size", $"codebook_size is {CodebookSize}; it must be below vocab_size ({VocabSize}), whose last token is the mask");
        if (!(LayerNormEps is > 0 and < 1))
            yield return ("layer_norm_eps", FormattableString.Invariant($"layer_norm_eps is {LayerNormEps}; it must be above 0 and below 1"));
        if (!Enum.IsDefined(NormType) || (NormType == UVit2DNorm.Layer && Source == UVit2DSource.Diffusers))
            yield return ("norm_type", $"norm_type is {NormType}; it must be rmsnorm, or layernorm in open-muse");
    }
}
