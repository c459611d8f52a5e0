using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Amused;

/// <summary>aMUSEd's transformer against diffusers' <c>UVit2DModel</c> and open-muse's <c>MaskGiTUViT_v2</c>.</summary>
public sealed class UVit2DGoldenTests(ITestOutputHelper output)
{
    private const string OpenMuse = "openmuse_uvit_v2_a", Pipeline = "amused_pipeline_tiny";

    public static TheoryData<string> Cases => ["amused_uvit_a_256like", "amused_uvit_c_nonsquare_samewidth"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void LogitsAreDiffusers(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using UVit2DModel model = Load(name);
        using var golden = new GoldenCase(name, output);
        golden.Is("logits", model.forward(
            golden.Inputs["input_ids"], golden.Inputs["encoder_hidden_states"], golden.Inputs["pooled_text_emb"], golden.Inputs["micro_conds"]));
    }

    // Each part is given what the reference's had, so that the first to fail is the one that is wrong.
    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryPartGivesWhatTheReferencesGave(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using UVit2DModel model = Load(name);
        using var golden = new GoldenCase(name, output);
        Tensor Mid(string part) => golden.Outputs[$"mid.{part}"];
        Tensor text = Mid("encoder_proj_layer_norm"), condition = Mid("cond_embed");
        UVitTransformerLayer layer = model.transformer_layers[0];
        Tensor hidden = Mid("project_to_hidden"), normal = Mid("transformer_layers.0.norm1"), attended = hidden + Mid("transformer_layers.0.attn1");
        Tensor down = Mid("down_block");
        var parts = new Dictionary<string, Tensor>
        {
            ["encoder_proj_layer_norm"] = model.Text(golden.Inputs["encoder_hidden_states"]),
            ["cond_embed"] = model.cond_embed.forward(golden.Inputs["pooled_text_emb"], golden.Inputs["micro_conds"]),
            ["embed"] = model.embed.forward(golden.Inputs["input_ids"]),
            ["down_block.res_blocks.0"] = model.down_block.res_blocks[0].forward(Mid("embed"), condition),
            ["down_block.attention_blocks.0"] = model.down_block.attention_blocks[0].forward(Mid("down_block.res_blocks.0").flatten(2).transpose(1, 2), text),
            ["down_block"] = model.down_block.forward(Mid("embed"), text, condition),
            ["project_to_hidden"] = model.ToHidden(down),
            ["transformer_layers.0.norm1"] = layer.norm1.forward(hidden, condition),
            ["transformer_layers.0.attn1"] = layer.attn1.forward(normal, normal),
            ["transformer_layers.0.attn2"] = layer.attn2.forward(layer.norm2.forward(attended, condition), text),
            ["transformer_layers.0.norm3"] = layer.norm3.forward(attended + Mid("transformer_layers.0.attn2"), condition),
            ["transformer_layers.0.ff"] = layer.ff.forward(Mid("transformer_layers.0.norm3")),
            ["transformer_layers.0"] = layer.forward(hidden, text, condition),
            ["transformer_layers.1"] = model.transformer_layers[1].forward(Mid("transformer_layers.0"), text, condition),
            ["project_from_hidden"] = model.FromHidden(Mid("transformer_layers.1")),
            ["up_block"] = model.up_block.forward(Mid("project_from_hidden").transpose(1, 2).reshape(down.shape), text, condition),
        };
        foreach (var (part, actual) in parts)
            golden.Is($"mid.{part}", actual);
        golden.Is("logits", model.mlm_layer.forward(Mid("up_block")));
        golden.IsWhollyCompared();
    }

    [Fact]
    public void LogitsAreOpenMuses()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using UVit2DModel model = Load(OpenMuse, "pytorch_model.safetensors");
        using var golden = new GoldenCase(OpenMuse, output);
        Tensor ids = golden.Inputs["input_ids"];
        long side = (long)Math.Sqrt(ids.size(1));
        Tensor logits = model.forward(ids.view(-1, side, side), golden.Inputs["encoder_hidden_states"], golden.Inputs["cond_embeds"], golden.Inputs["micro_conds"]);
        // open-muse's grids are rows of tokens, square by assumption.
        golden.Is("logits", logits.flatten(2).transpose(1, 2));
        Assert.Equal(71, model.Config.MaskTokenId);
    }

    [Fact]
    public void APipelinesTransformerGivesTheGuidedLogitsOfEveryStep()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        string folder = Path.Combine(Repository.Golden(Pipeline), "transformer");
        using var checkpoint = Checkpoint.Open(folder);
        using UVit2DModel model = UVit2DCheckpoint.Load(UVit2DConfig.Read(Path.Combine(folder, "config.json")), checkpoint);
        using var golden = new GoldenCase(Pipeline, output);
        using var encoder = Clip.ClipTextGoldenTests.Load(Path.Combine(Repository.Golden(Pipeline), "text_encoder"));
        var negative = encoder.forward(golden.Inputs["negative_ids"]);
        var prompt = encoder.forward(golden.Inputs["prompt_ids"]);
        Tensor text = cat([negative.Penultimate, prompt.Penultimate]), pooled = cat([negative.TextEmbeds!, prompt.TextEmbeds!]);
        Tensor micro = tensor([24f, 24, 0, 0, 6]).expand(4, 5), tokens = full([2, 6, 6], model.Config.MaskTokenId, int64);
        for (int step = 0; step < 6; step++)
        {
            // Unconditional rows first, as in diffusers.
            Tensor[] halves = model.forward(cat([tokens, tokens]), text, pooled, micro).chunk(2);
            golden.Is($"guided_logits_{step}", halves[0] + ((halves[1] - halves[0]) * 4));
            tokens = golden.Outputs[$"tokens_{step}"];
        }
    }

    internal static UVit2DModel Load(string golden, string file = "diffusion_pytorch_model.safetensors")
    {
        string folder = Repository.Golden(golden);
        using var checkpoint = Checkpoint.Open(Path.Combine(folder, file));
        return UVit2DCheckpoint.Load(UVit2DConfig.Read(Path.Combine(folder, "config.json")), checkpoint);
    }
}
