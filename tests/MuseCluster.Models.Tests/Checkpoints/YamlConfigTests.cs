using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Autoencoders.Taming;

namespace MuseCluster.Models.Tests.Checkpoints;

/// <summary>YAML configurations, through the one reader that takes them.</summary>
public sealed class YamlConfigTests : IDisposable
{
    // As taming-transformers publishes them: comments, flow lists, quotes, and parts that are not the network's.
    internal const string Published = """
        ---
        # it's a comment
        model:
          base_learning_rate: 4.5e-06
          target: "taming.models.vqgan.VQModel"   # 'the' class
          params: {n_embed: 64, embed_dim: 12, remap: null, ddconfig: {double_z: False, z_channels: 12, resolution: 16, in_channels: 3, out_ch: 3, ch: 32, ch_mult: [ 1,1 ], num_res_blocks: 1, attn_resolutions: [8]}}
        data:
          target: main.DataModuleFromConfig
          list:
          - target: 'isn''t'
            params:
              size: -1
          -
            - a # b
            - - b
              - "c: \"d\" # e"
          - []
          -

        """;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void APublishedFileIsRead()
    {
        TamingVqConfig config = TamingVqConfig.Read(folder.Write("config.yaml", Published));
        Assert.Equal((64, 12, 16, 32), (config.NEmbed, config.EmbedDim, config.Resolution, config.Ch));
        Assert.Equal([1, 1], config.ChMult);
        Assert.Equal([8], config.AttnResolutions);
    }

    [Theory]
    [InlineData("model: &anchor\n  a: 1", "line 1", "anchors are not read")]
    [InlineData("model:\n  a: *other", "line 2", "aliases are not read")]
    [InlineData("model: !!python/object:os.system\n  a: 1", "line 1", "tags are not read")]
    [InlineData("model:\n\ta: 1", "line 1", "invalid tab")]
    [InlineData("model: 1\nmodel: 2", "line 2", "'model' a second time")]
    [InlineData("model:\n  a: [1, 2", "line 3", "expected ',' or ']'")]
    [InlineData("model:\n  a: [1 2] 3", "line 2", "did not find expected key")]
    [InlineData("model:\n  a: 'x", "line 2", "quoted scalar")]
    [InlineData("model:\n  a: 1\n    b: 2", "line 3", "invalid mapping")]
    [InlineData("  model: 1\ndata: 2", "line 2", "document end")]
    [InlineData("model: 1\n---\nmodel: 1", "line 2", "another document")]
    [InlineData("model: 1\nword", "line 2", "could not find expected ':'")]
    [InlineData("model: {a: {b: {c: {d: {e: {f: {g: {h: {i: {j: 1}}}}}}}}}}", "line 1", "nested deeper")]
    public void WhatIsNotReadIsNamedWithItsLine(string text, string line, string problem)
    {
        string path = folder.Write("config.yaml", text);
        var error = Assert.Throws<CheckpointException>(() => TamingVqConfig.Read(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AByteOrderMarkIsNoText() => Assert.Equal(64, TamingVqConfig.Read(folder.Write("config.yaml", "\uFEFF" + Published)).NEmbed);

    [Fact]
    public void DeepListsAreRefused() =>
        Assert.Contains("nested deeper", Assert.Throws<CheckpointException>(() => TamingVqConfig.Read(folder.Write("config.yaml", string.Concat(Enumerable.Repeat("- ", 5000)) + "1"))).Message, StringComparison.Ordinal);

    [Fact]
    public void TextThatIsNotUtf8IsRefused() =>
        Assert.Contains("UTF-8", Assert.Throws<CheckpointException>(() => TamingVqConfig.Read(folder.Write("config.yaml", [0x61, 0xff]))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("- 1")]
    public void WhatIsNoMappingIsRefused(string text) =>
        Assert.Contains("expected an object", Assert.Throws<CheckpointException>(() => TamingVqConfig.Read(folder.Write("config.yaml", text))).Message, StringComparison.Ordinal);
}
