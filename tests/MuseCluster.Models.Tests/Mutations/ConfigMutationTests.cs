using System.Text;
using System.Text.Json.Nodes;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Autoencoders.Taming;
using MuseCluster.Models.Tests.Checkpoints;
using MuseCluster.Models.Tests.Networks;
using Xunit.Abstractions;

namespace MuseCluster.Models.Tests.Mutations;

/// <summary>Damaged configurations of every family, each read and made into a network of the golden case's weights.</summary>
public sealed class ConfigMutationTests(ITestOutputHelper output) : IDisposable
{
    private readonly MutationRun run = new(output);

    public static TheoryData<string> Families => NetworkFamily.Names;

    public void Dispose() => run.Dispose();

    [Theory]
    [MemberData(nameof(Families))]
    public void EveryFieldWrongInEveryWay(string name)
    {
        var (config, load, weights) = Case(name);
        var (loaded, refused) = run.Feed("config.json", JsonMutation.Of(File.ReadAllText(config)), load, weights);
        Assert.True(loaded > 0 && refused > 100, $"{loaded} loaded, {refused} refused");
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Bytes(string name)
    {
        var (config, load, weights) = Case(name);
        var (loaded, refused) = run.Feed("config.json", Mutant.ByChance(File.ReadAllBytes(config), 300, 31), load, weights);
        Assert.True(loaded > 0 && refused > 20, $"{loaded} loaded, {refused} refused");
    }

    // Every number is within its own bounds; together they ask for up to petabytes.
    [Theory]
    [InlineData("T5", """{"vocab_size": 16777216, "d_model": 131072, "d_ff": 1048576, "d_kv": 16384, "num_heads": 1024, "num_layers": 1024}""")]
    [InlineData("CLIP text", """{"vocab_size": 16777216, "hidden_size": 131072, "intermediate_size": 1048576, "num_hidden_layers": 1024}""")]
    [InlineData("diffusers U-ViT", """{"hidden_size": 131072, "block_out_channels": 129024, "in_channels": 131072, "intermediate_size": 1048576, "num_hidden_layers": 1024, "num_res_blocks": 1024}""")]
    [InlineData("open-muse U-ViT", """{"hidden_size": 131072, "block_out_channels": [129024], "intermediate_size": 1048576, "vocab_size": 16777216, "num_hidden_layers": 1024}""")]
    [InlineData("MaskGitTransformer", """{"hidden_size": 131072, "intermediate_size": 1048576, "vocab_size": 16777216, "codebook_size": 16000000, "num_hidden_layers": 1024}""")]
    [InlineData("muse-maskgit-pytorch", """{"num_tokens": 16777215, "dim": 131072, "seq_len": 1048576, "depth": 1024, "dim_head": 16384, "heads": 1024, "ff_mult": 64}""")]
    [InlineData("diffusers VQModel", """{"block_out_channels": [16384, 16384, 16384], "latent_channels": 16384, "layers_per_block": 64, "num_vq_embeddings": 65535}""")]
    [InlineData("AutoencoderKL", """{"block_out_channels": [16384, 16384], "latent_channels": 16384, "layers_per_block": 64}""")]
    [InlineData("MaskGitVQGAN", """{"hidden_channels": 16384, "channel_mult": [1, 1, 1], "num_res_blocks": 64, "z_channels": 16384, "quantized_embed_dim": 16384}""")]
    [InlineData("open-muse VQGAN", """{"hidden_channels": 16384, "channel_mult": [1, 1], "num_res_blocks": 64, "z_channels": 16384, "extra_mid_res_blocks": 64}""")]
    [InlineData("PaellaVQ", """{"c_hidden": 16384, "levels": 12, "bottleneck_blocks": 64}""")]
    [InlineData("taming VQGAN", """{"model.params.ddconfig.ch": 16384, "model.params.ddconfig.ch_mult": [1, 1], "model.params.ddconfig.num_res_blocks": 64, "model.params.n_embed": 65535}""")]
    public void WhatAsksForTerabytesDoesNotFit(string name, string changes)
    {
        var (config, load, weights) = Case(name);
        JsonNode root = JsonNode.Parse(File.ReadAllText(config))!;
        foreach (var (way, value) in JsonNode.Parse(changes)!.AsObject())
        {
            string[] steps = way.Split('.');
            steps[..^1].Aggregate(root, (node, step) => node[step]!)[steps[^1]] = value!.DeepClone();
        }

        var (_, refused) = run.Feed("config.json", [new Mutant(changes, Encoding.UTF8.GetBytes(root.ToJsonString()), "does not fit the network")], path =>
        {
            var error = Assert.Throws<CheckpointException>(() => load(path));
            Assert.Contains("does not fit the network", error.Message, StringComparison.Ordinal);
            throw error;
        }, weights, allowedBytes: 512 << 20);
        Assert.Equal(1, refused);
    }

    // JSON is YAML, but for what it says to a tag, an anchor or a key that is there twice.
    [Fact]
    public void YamlWithEveryFieldWrongInEveryWay()
    {
        var (config, load, weights) = Case(NetworkFamily.Taming.Name);
        // YAML's scanner refuses half a pair before anybody knows of which key; there, the line has to do.
        run.Feed("config.yaml", JsonMutation.Of(File.ReadAllText(config)).Select(m => m.Damage.EndsWith("half a pair", StringComparison.Ordinal) ? m with { Field = null } : m), load, weights);
    }

    [Fact]
    public void BytesOfYaml()
    {
        var (config, load, weights) = Case(NetworkFamily.Taming.Name);
        var (loaded, refused) = run.Feed("config.yaml", Mutant.ByChance(File.ReadAllBytes(Path.ChangeExtension(config, ".yaml")), 1000, 32), load, weights);
        Assert.True(loaded > 10 && refused > 100, $"{loaded} loaded, {refused} refused");
    }

    // A published file has more of YAML than the golden case: comments, quotes, flow and block lists in each other.
    [Fact]
    public void BytesOfPublishedYaml()
    {
        byte[][] marks = [.. "-:[]{}'\"#&|,. \n\t\\0a".Select(mark => new[] { (byte)mark })];
        var (loaded, refused) = run.Feed(
            "config.yaml", Mutant.ByChance(Encoding.UTF8.GetBytes(YamlConfigTests.Published), 2000, 38, spite: marks), path => TamingVqConfig.Read(path));
        Assert.True(loaded > 50 && refused > 200, $"{loaded} loaded, {refused} refused");
    }

    private static (string Config, Action<string> Load, string[] Weights) Case(string name)
    {
        NetworkFamily family = NetworkFamily.Of(name);
        string folder = GoldenCases.First(family);
        return (Path.Combine(folder, "config.json"), path =>
        {
            using var checkpoint = Checkpoint.Open(folder);
            family.Load(path, checkpoint).Dispose();
        }, [.. GoldenCases.Weights(folder)]);
    }
}
