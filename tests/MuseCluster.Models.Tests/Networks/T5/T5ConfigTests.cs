using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.T5;

namespace MuseCluster.Models.Tests.Networks.T5;

public sealed class T5ConfigTests
{
    private const string Least = """{"vocab_size": 96, "d_model": 24, "d_kv": 8, "d_ff": 40, "num_layers": 2, "num_heads": 4}""";

    [Fact]
    public void FieldsAreHuggingFaces()
    {
        T5Config config = T5Config.Read(Path.Combine(Repository.Golden("t5_v11_a"), "config.json"));
        Assert.Equal(new T5Config
        {
            VocabSize = 96,
            DModel = 24,
            DKv = 8,
            DFf = 40,
            NumLayers = 2,
            NumHeads = 4,
            NumDecoderLayers = 2,
            RelativeAttentionNumBuckets = 32,
            RelativeAttentionMaxDistance = 128,
            LayerNormEpsilon = 1e-6,
            FeedForwardProj = T5FeedForwardKind.GatedGelu,
            TieWordEmbeddings = false,
            PadTokenId = 0,
            EosTokenId = 1,
        }, config);
        Assert.Equal(config, T5Config.Parse(config.ToJson()));
    }

    [Fact]
    public void AbsentAndNullFieldsHaveHuggingFacesDefaults()
    {
        T5Config config = T5Config.Parse(Least.Replace("}", """, "num_decoder_layers": null}"""));
        Assert.Equal(T5FeedForwardKind.Relu, config.FeedForwardProj);
        Assert.True(config.TieWordEmbeddings);
        Assert.Equal((32, 128, 1e-6), (config.RelativeAttentionNumBuckets, config.RelativeAttentionMaxDistance, config.LayerNormEpsilon));
        Assert.Null(config.NumDecoderLayers);
        Assert.Equal(2, T5Config.Parse(config.ToJson()).NumDecoderLayers);
    }

    [Theory]
    [InlineData("\"d_model\": 24", "\"d_model\": 0", "d_model is 0")]
    [InlineData("\"d_model\": 24", "\"d_model\": \"24\"", "d_model is '\"24\"'; expected a whole number")]
    [InlineData("\"d_model\": 24", "\"d_model\": 1e99", "d_model is '1e99'; expected a whole number")]
    [InlineData("\"d_kv\": 8, ", "", "d_kv is missing")]
    [InlineData("}", ", \"feed_forward_proj\": \"gated-silu\"}", "feed_forward_proj is 'gated-silu'")]
    [InlineData("}", ", \"model_type\": \"bert\"}", "model_type is 'bert'")]
    [InlineData("}", ", \"tie_word_embeddings\": 1}", "tie_word_embeddings is '1'")]
    [InlineData("}", ", \"layer_norm_epsilon\": 0}", "layer_norm_epsilon is 0")]
    [InlineData("}", ", \"relative_attention_num_buckets\": 30}", "relative_attention_num_buckets is 30")]
    [InlineData("}", ", \"relative_attention_max_distance\": 16}", "relative_attention_max_distance is 16")]
    [InlineData("}", ", \"pad_token_id\": 96}", "pad_token_id is 96")]
    [InlineData("}", "", "is not valid JSON")]
    [InlineData(Least, "[]", "expected an object")]
    public void BadFieldsAreNamed(string find, string replace, string message)
    {
        var error = Assert.Throws<CheckpointException>(() => T5Config.Parse(Least.Replace(find, replace), "model/config.json"));
        Assert.Contains(message, error.Message);
        Assert.StartsWith("model/config.json", error.Message);
    }

    [Fact]
    public void EveryBadFieldIsNamedAtOnce()
    {
        var error = Assert.Throws<CheckpointException>(() => T5Config.Parse("""{"d_model": -1, "d_kv": true}"""));
        Assert.Equal(6, error.Problems.Count);
        var code = Assert.Throws<ArgumentException>(() => new T5Encoder(T5EncoderTests.Small with { DModel = 0, NumHeads = -1 }));
        Assert.Contains("d_model is 0", code.Message);
        Assert.Contains("num_heads is -1", code.Message);
    }
}
