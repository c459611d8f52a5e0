using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>Reads the <c>config.json</c> of either reference; <c>_class_name</c> tells which.</summary>
internal static class UVit2DConfigReader
{
    /// <summary>Reads a whole document.</summary>
    /// <exception cref="CheckpointException">Lists every field that is wrong.</exception>
    public static UVit2DConfig Read(JsonElement root, string file) =>
        ConfigFields.Read(root, file, "U-ViT of aMUSEd", Read, (config, problems) => problems.Add(config.Problems()));

    private static UVit2DConfig Read(ConfigFields fields)
    {
        UVit2DSource source = fields.Choice("_class_name", ("UVit2DModel", UVit2DSource.Diffusers), ("MaskGiTUViT_v2", UVit2DSource.OpenMuse));
        var read = new UVit2DConfig
        {
            Source = source,
            HiddenSize = fields.Whole("hidden_size", 1024),
            UseBias = fields.Flag("use_bias", false),
            CondEmbedDim = fields.Whole("cond_embed_dim", 768),
            MicroCondEncodeDim = fields.Whole("micro_cond_encode_dim", 256),
            MicroCondEmbedDim = fields.Whole("micro_cond_embed_dim", 1280),
            EncoderHiddenSize = fields.Whole("encoder_hidden_size", 768),
            VocabSize = fields.Whole("vocab_size", 8256),
            CodebookSize = fields.Whole("codebook_size", 8192),
            InChannels = fields.Whole("in_channels", 768),
            BlockOutChannels = fields.WholeOrOnly("block_out_channels", 768),
            NumResBlocks = fields.Whole("num_res_blocks", 3),
            BlockNumHeads = fields.WholeOrOnly("block_num_heads", 12),
            NumHiddenLayers = fields.Whole("num_hidden_layers", 22),
            NumAttentionHeads = fields.Whole("num_attention_heads", 16),
            IntermediateSize = fields.Whole("intermediate_size", 2816),
            LayerNormEps = fields.Number("layer_norm_eps", 1e-6),
            LnElementwiseAffine = fields.Flag("ln_elementwise_affine", true),
        };
        return source == UVit2DSource.Diffusers ? Diffusers(fields, read) : OpenMuse(fields, read);
    }

    private static UVit2DConfig Diffusers(ConfigFields fields, UVit2DConfig read) => read with
    {
        Downsample = fields.Flag("downsample", false),
        Upsample = fields.Flag("upsample", false),
        SampleSize = fields.Whole("sample_size", 64),
    };

    private static UVit2DConfig OpenMuse(ConfigFields fields, UVit2DConfig read)
    {
        bool resampled = fields.Flag("force_down_up_sample", false);
        // The fused layer has one projection where the gated one has two, and the tanh form of GELU.
        if (fields.Flag("use_fused_mlp", false))
            fields.Refuse("use_fused_mlp", "is true; only the gated feed-forward layer is supported");
        if (fields.Flag("use_adapter", false))
            fields.Refuse("use_adapter", "is true; adapters are not supported");
        return read with
        {
            NormType = fields.Choice("norm_type", ("rmsnorm", UVit2DNorm.Rms), ("layernorm", UVit2DNorm.Layer)),
            Downsample = resampled,
            Upsample = resampled,
            SampleSize = Side(fields),
        };
    }

    private static int Side(ConfigFields fields)
    {
        int tokens = fields.Whole("num_vq_tokens", 256), side = (int)Math.Sqrt(Math.Max(0, tokens));
        if (side * side != tokens)
            fields.Refuse("num_vq_tokens", $"is {tokens}; expected the number of tokens of a square grid");
        return side;
    }
}
