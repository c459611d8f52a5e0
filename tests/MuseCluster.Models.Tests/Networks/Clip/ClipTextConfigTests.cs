using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Clip;

namespace MuseCluster.Models.Tests.Networks.Clip;

public sealed class ClipTextConfigTests
{
    private const string Least = """{"model_type": "clip_text_model", "hidden_size": 32, "num_attention_heads": 4}""";

    [Fact]
    public void FieldsAreHuggingFaces() => Assert.Equal(
        new ClipTextConfig
        {
            VocabSize = 128,
            HiddenSize = 32,
            IntermediateSize = 64,
            ProjectionDim = 24,
            NumHiddenLayers = 3,
            NumAttentionHeads = 4,
            MaxPositionEmbeddings = 77,
            HiddenAct = ClipActivation.QuickGelu,
            LayerNormEps = 1e-5,
            EosTokenId = 2,
            Projected = true,
        },
        ClipTextConfig.Read(Path.Combine(Repository.Golden("clip_text_a_legacy_eos"), "config.json")));

    [Fact]
    public void AbsentAndNullFieldsHaveHuggingFacesDefaults() =>
        Assert.Equal(new ClipTextConfig(), ClipTextConfig.Parse("""{"vocab_size": null}"""));

    [Theory]
    [InlineData("\"hidden_size\": 32", "\"hidden_size\": 0", "hidden_size is 0")]
    [InlineData("\"hidden_size\": 32", "\"hidden_size\": \"32\"", "hidden_size is '\"32\"'; expected a whole number")]
    [InlineData("\"num_attention_heads\": 4", "\"num_attention_heads\": 5", "num_attention_heads is 5; it must divide hidden_size (32)")]
    [InlineData("clip_text_model", "clip_vision_model", "model_type is 'clip_vision_model'; expected 'clip_text_model' or 'clip'")]
    [InlineData("clip_text_model", "clip", "text_config is missing")]
    [InlineData(Least, """{"model_type": "clip", "text_config": {"hidden_size": "0"}}""", "text_config.hidden_size is ")]
    [InlineData("}", ", \"hidden_act\": \"relu\"}", "hidden_act is 'relu'; expected 'quick_gelu' or 'gelu'")]
    [InlineData("}", ", \"layer_norm_eps\": 0}", "layer_norm_eps is 0")]
    [InlineData("}", ", \"eos_token_id\": -1}", "eos_token_id is -1")]
    [InlineData("}", ", \"architectures\": \"CLIPTextModel\"}", "architectures is")]
    [InlineData("}", "", "is not valid JSON")]
    [InlineData(Least, "[]", "expected an object")]
    public void BadFieldsAreNamed(string find, string replace, string message)
    {
        var error = Assert.Throws<CheckpointException>(() => ClipTextConfig.Parse(Least.Replace(find, replace), "model/config.json"));
        Assert.Contains(message, error.Message);
        Assert.StartsWith("model/config.json", error.Message);
    }

    [Fact]
    public void AWholeModelsConfigurationHasTheTextsWithinIt()
    {
        string path = Path.Combine(Repository.Golden("clip_text_a_legacy_eos"), "config.json");
        ClipTextConfig whole = ClipTextConfig.Parse($$"""
            {"architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": 20, "vision_config": {"hidden_size": 7}, "text_config": {{File.ReadAllText(path)}}}
            """);
        Assert.Equal(ClipTextConfig.Read(path) with { ProjectionDim = 20, Projected = null }, whole);
    }

    [Fact]
    public void EveryBadFieldIsNamedAtOnce()
    {
        var error = Assert.Throws<CheckpointException>(() => ClipTextConfig.Parse("""{"hidden_size": -1, "hidden_act": 3, "vocab_size": true}"""));
        Assert.Equal(3, error.Problems.Count);
        var code = Assert.Throws<ConfigException>(() => new ClipTextConfig { HiddenSize = 0, VocabSize = -1 }.Validate());
        Assert.Contains("hidden_size is 0", code.Message);
        Assert.Contains("vocab_size is -1", code.Message);
    }
}
