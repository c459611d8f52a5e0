using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks.T5;

/// <summary>Reads a T5 <c>config.json</c>. Fields that do not bear on the network are ignored.</summary>
internal static class T5ConfigReader
{
    /// <summary>Reads a whole document.</summary>
    /// <exception cref="CheckpointException">Lists every field that is wrong.</exception>
    public static T5Config Read(JsonElement root, string file) =>
        ConfigFields.Read(root, file, "T5 model", Read, (config, problems) => problems.Add(config.Problems()));

    private static T5Config Read(ConfigFields fields)
    {
        fields.Choice("model_type", ("t5", true), ("mt5", true));
        return new T5Config
        {
            VocabSize = fields.Whole("vocab_size"),
            DModel = fields.Whole("d_model"),
            DKv = fields.Whole("d_kv"),
            DFf = fields.Whole("d_ff"),
            NumLayers = fields.Whole("num_layers"),
            NumHeads = fields.Whole("num_heads"),
            NumDecoderLayers = fields.OptionalWhole("num_decoder_layers"),
            RelativeAttentionNumBuckets = fields.Whole("relative_attention_num_buckets", 32),
            RelativeAttentionMaxDistance = fields.Whole("relative_attention_max_distance", 128),
            LayerNormEpsilon = fields.Number("layer_norm_epsilon", 1e-6),
            FeedForwardProj = fields.Choice("feed_forward_proj", ("relu", T5FeedForwardKind.Relu), ("gated-gelu", T5FeedForwardKind.GatedGelu)),
            TieWordEmbeddings = fields.Flag("tie_word_embeddings", true),
            PadTokenId = fields.Whole("pad_token_id", 0),
            EosTokenId = fields.Whole("eos_token_id", 1),
        };
    }
}
