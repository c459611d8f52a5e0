using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks.OpenMuse;

/// <summary>Reads the <c>config.json</c> of open-muse's <c>MaskGitTransformer</c>. Fields that do not bear on inference are ignored.</summary>
internal static class MaskGitConfigReader
{
    /// <summary>Reads a whole document.</summary>
    /// <exception cref="CheckpointException">Lists every field that is wrong.</exception>
    public static MaskGitConfig Read(JsonElement root, string file) =>
        ConfigFields.Read(root, file, "MaskGitTransformer that is supported", Read, (config, problems) => problems.Add(config.Problems()));

    private static MaskGitConfig Read(ConfigFields fields)
    {
        fields.Only("_class_name", "MaskGitTransformer");
        // Convolutional embeddings.
        fields.OnlyFlag("use_conv_in_out", built: false, fallback: false);
        return new MaskGitConfig
        {
            VocabSize = fields.Whole("vocab_size"),
            HiddenSize = fields.Whole("hidden_size", 768),
            NumHiddenLayers = fields.Whole("num_hidden_layers", 12),
            NumAttentionHeads = fields.Whole("num_attention_heads", 12),
            IntermediateSize = fields.Whole("intermediate_size", 3072),
            MaxPositionEmbeddings = fields.Whole("max_position_embeddings", 256),
            AddCrossAttention = fields.Flag("add_cross_attention", false),
            EncoderHiddenSize = fields.Whole("encoder_hidden_size", 1024),
            ProjectEncoderHiddenStates = fields.Flag("project_encoder_hidden_states", false),
            NormType = fields.Choice("norm_type", ("layernorm", MaskGitNormType.LayerNorm), ("rmsnorm", MaskGitNormType.RmsNorm)),
            LayerNormEps = fields.Number("layer_norm_eps", 1e-5),
            UseNormformer = fields.Flag("use_normformer", true),
            UseEncoderLayernorm = fields.Flag("use_encoder_layernorm", true),
            UseMlmLayer = fields.Flag("use_mlm_layer", true),
            UseMlmLayernorm = fields.Flag("use_mlm_layernorm", true),
            UseBias = fields.Flag("use_bias", false),
            CodebookSize = fields.Whole("codebook_size", 1024),
            NumVqTokens = fields.Whole("num_vq_tokens", 256),
            NumClasses = fields.OptionalWhole("num_classes"),
            UseCodebookSizeForOutput = fields.Flag("use_codebook_size_for_output", false),
        };
    }
}
