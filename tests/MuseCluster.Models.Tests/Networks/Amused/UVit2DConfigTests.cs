using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Amused;

namespace MuseCluster.Models.Tests.Networks.Amused;

public sealed class UVit2DConfigTests
{
    private const string Diffusers = """{"_class_name": "UVit2DModel", "hidden_size": 32, "num_attention_heads": 4}""";
    private const string OpenMuse = """{"_class_name": "MaskGiTUViT_v2", "hidden_size": 32, "num_attention_heads": 4}""";

    [Fact]
    public void FieldsAreThoseOfBothReferences()
    {
        UVit2DConfig diffusers = UVit2DConfig.Read(Path.Combine(Repository.Golden("amused_uvit_a_256like"), "config.json"));
        var expected = new UVit2DConfig
        {
            Source = UVit2DSource.Diffusers,
            NormType = UVit2DNorm.Rms,
            HiddenSize = 32,
            UseBias = false,
            CondEmbedDim = 24,
            MicroCondEncodeDim = 16,
            MicroCondEmbedDim = 80,
            EncoderHiddenSize = 20,
            VocabSize = 72,
            CodebookSize = 64,
            InChannels = 24,
            BlockOutChannels = 24,
            NumResBlocks = 2,
            BlockNumHeads = 3,
            NumHiddenLayers = 2,
            NumAttentionHeads = 4,
            IntermediateSize = 88,
            LayerNormEps = 1e-6,
            LnElementwiseAffine = true,
            SampleSize = 4,
        };
        Assert.Equal(expected, diffusers);
        Assert.Equal((71, 5), (diffusers.MaskTokenId, diffusers.MicroConds));
        Assert.Equal(
            expected with { Source = UVit2DSource.OpenMuse, NumResBlocks = 1, SampleSize = 16 },
            UVit2DConfig.Read(Path.Combine(Repository.Golden("openmuse_uvit_v2_a"), "config.json")));
    }

    [Fact]
    public void AbsentAndNullFieldsHaveTheReferencesDefaults()
    {
        Assert.Equal(new UVit2DConfig(), UVit2DConfig.Parse("""{"_class_name": "UVit2DModel", "use_bias": null}"""));
        Assert.Equal(new UVit2DConfig { Source = UVit2DSource.OpenMuse, SampleSize = 16 }, UVit2DConfig.Parse("""{"_class_name": "MaskGiTUViT_v2"}"""));
    }

    [Fact]
    public void OpenMusesFieldsForOneLevelMayBeLists()
    {
        UVit2DConfig config = UVit2DConfig.Parse(OpenMuse.Replace("}", """, "block_num_heads": [6], "block_out_channels": [24], "force_down_up_sample": true, "norm_type": "layernorm"}"""));
        Assert.Equal((6, 24, true, true, UVit2DNorm.Layer), (config.BlockNumHeads, config.BlockOutChannels, config.Downsample, config.Upsample, config.NormType));
    }

    [Theory]
    [InlineData(Diffusers, "UVit2DModel", "UNet2DModel", "_class_name is 'UNet2DModel'; expected 'UVit2DModel' or 'MaskGiTUViT_v2'")]
    [InlineData(Diffusers, "\"hidden_size\": 32", "\"hidden_size\": 0", "hidden_size is 0")]
    [InlineData(Diffusers, "\"hidden_size\": 32", "\"hidden_size\": 1.5", "hidden_size is '1.5'; expected a whole number")]
    [InlineData(Diffusers, "\"num_attention_heads\": 4", "\"num_attention_heads\": 5", "num_attention_heads is 5; it must divide hidden_size (32)")]
    [InlineData(Diffusers, "}", ", \"block_num_heads\": 7}", "block_num_heads is 7; it must divide block_out_channels (768)")]
    [InlineData(Diffusers, "}", ", \"micro_cond_embed_dim\": 1281}", "micro_cond_encode_dim is 256; it must divide micro_cond_embed_dim (1281)")]
    [InlineData(Diffusers, "}", ", \"codebook_size\": 8256}", "codebook_size is 8256; it must be below vocab_size (8256)")]
    [InlineData(Diffusers, "}", ", \"block_out_channels\": [24, 48]}", "block_out_channels is '[24, 48]'; expected a whole number or a list of one")]
    [InlineData(Diffusers, "}", ", \"layer_norm_eps\": 2}", "layer_norm_eps is 2")]
    [InlineData(OpenMuse, "}", ", \"norm_type\": \"batchnorm\"}", "norm_type is 'batchnorm'; expected 'rmsnorm' or 'layernorm'")]
    [InlineData(OpenMuse, "}", ", \"use_fused_mlp\": true}", "use_fused_mlp is true")]
    [InlineData(OpenMuse, "}", ", \"use_adapter\": true}", "use_adapter is true")]
    [InlineData(OpenMuse, "}", "", "is not valid JSON")]
    [InlineData(OpenMuse, OpenMuse, "3", "expected an object")]
    public void BadFieldsAreNamed(string config, string find, string replace, string message)
    {
        var error = Assert.Throws<CheckpointException>(() => UVit2DConfig.Parse(config.Replace(find, replace), "transformer/config.json"));
        Assert.Contains(message, error.Message);
        Assert.StartsWith("transformer/config.json", error.Message);
    }

    [Fact]
    public void EveryBadFieldIsNamedAtOnce()
    {
        var error = Assert.Throws<CheckpointException>(() => UVit2DConfig.Parse("""{"hidden_size": -1, "use_bias": 1, "sample_size": "4"}"""));
        Assert.Equal(3, error.Problems.Count);
        var code = Assert.Throws<ConfigException>(() => new UVit2DConfig { NumResBlocks = 0, NormType = UVit2DNorm.Layer }.Validate());
        Assert.Contains("num_res_blocks is 0", code.Message);
        Assert.Contains("norm_type is Layer", code.Message);
    }
}
