using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Amused;

/// <summary>aMUSEd's transformer against diffusers' <c>UVit2DModel</c> and open-muse's <c>MaskGiTUViT_v2</c>.</summary>
public sealed class UVit2DGoldenTests(ITestOutputHelper output)
{
    private const string Pipeline = "amused_pipeline_tiny";

    public static TheoryData<string, string> Cases => GoldenCases.WithWeights(NetworkFamily.DiffusersUVit);

    public static TheoryData<string, string> OpenMuseCases => GoldenCases.WithWeights(NetworkFamily.OpenMuseUVit);

    [Theory]
    [MemberData(nameof(Cases))]
    public void LogitsAreDiffusers(string name, string weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using UVit2DModel model = Load(name, weights);
        using var golden = new GoldenCase(name, output);
        golden.HasTheTensorsOf(model, weights);
        golden.Is("logits", model.forward(
            golden.Inputs["input_ids"], golden.Inputs["encoder_hidden_states"], golden.Inputs["pooled_text_emb"], golden.Inputs["micro_conds"]));
    }

    // Each part is given what the reference's had, so that the first to fail is the one that is wrong.
    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryPartGivesWhatTheReferencesGave(string name, string weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using UVit2DModel model = Load(name, weights);
        using var golden = new GoldenCase(name, output);
        Tensor Mid(string part) => golden.Outputs[$"mid.{part}"];
        Tensor text = Mid("encoder_proj_layer_norm"), condition = Mid("cond_embed");
        golden.Is("mid.encoder_proj_layer_norm", model.Text(golden.Inputs["encoder_hidden_states"]));
        golden.Is("mid.cond_embed", model.cond_embed.forward(golden.Inputs["pooled_text_emb"], golden.Inputs["micro_conds"]));
        golden.Is("mid.embed", model.embed.forward(golden.Inputs["input_ids"]).permute(0, 3, 1, 2));
        Tensor down = Mid("down_block"), embedded = model.down_block.downsample is { } halve ? UVitResampleTests.Halved(halve, Mid("embed")) : Mid("embed");
        var (pictures, height, width, blocks, layers) = ((int)down.size(0), (int)down.size(2), (int)down.size(3), model.Config.NumResBlocks, model.Config.NumHiddenLayers);
        var layout = new RowLayout(pictures, 1, height * width, height * width);
        (Tensor Keys, Tensor Values)[] projected = [.. model.Project(text)];
        var conditioning = new Conditioning(
            [.. projected.Select(p => p.Keys)], [.. projected.Select(p => p.Values)], zeros(pictures, 1, 1, text.size(1)), modulations: [.. model.Modulations(condition)]);
        golden.IsWhereThere("mid.down_block.res_blocks.0", () => layout.Grids(
            layout.Modulate(model.down_block.res_blocks[0].Convolve(layout.Lay(embedded), layout, height, width), conditioning.Modulations[0]), height, width));
        golden.IsWhereThere("mid.down_block.attention_blocks.0", () =>
            model.down_block.attention_blocks[0].Rows(layout.Lay(Mid("down_block.res_blocks.0")), layout, conditioning, 0));
        golden.Is("mid.down_block", layout.Grids(model.down_block.Rows(layout.Lay(embedded), shared: true, layout, height, width, conditioning, 0, 0), height, width));
        golden.Is("mid.project_to_hidden", model.ToHidden(layout.Lay(down)));
        Tensor hidden = Mid("project_to_hidden");
        for (int i = 0; i < layers; i++)
        {
            AssertParts(golden, $"mid.transformer_layers.{i}.", model.transformer_layers[i], hidden, layout, conditioning, (2 * blocks) + i, blocks + (3 * i));
            Tensor result = model.transformer_layers[i].Rows(hidden, layout, conditioning, (2 * blocks) + i, blocks + (3 * i));
            golden.IsWhereThere($"mid.transformer_layers.{i}", () => result);
            hidden = golden.Outputs.GetValueOrDefault($"mid.transformer_layers.{i}", result);
        }

        golden.Is("mid.project_from_hidden", model.FromHidden(hidden));
        Tensor up = layout.Grids(
            model.up_block.Rows(Mid("project_from_hidden"), shared: false, layout, height, width, conditioning, (2 * blocks) + layers, blocks + (3 * layers)), height, width);
        golden.Is("mid.up_block", model.up_block.upsample is { } twice ? UVitResampleTests.Doubled(twice, up) : up);
        golden.Is("logits", model.mlm_layer.forward(Mid("up_block").permute(0, 2, 3, 1)).permute(0, 3, 1, 2));
        golden.IsWhollyCompared();
    }

    private static void AssertParts(
        GoldenCase golden, string prefix, UVitTransformerLayer layer, Tensor hidden, RowLayout layout, Conditioning conditioning, int keys, int modulation)
    {
        if (!golden.Outputs.TryGetValue(prefix + "norm1", out Tensor? normal)) return;
        Tensor Mid(string part) => golden.Outputs[prefix + part];
        Tensor attended = hidden + Mid("attn1");
        golden.Is(prefix + "norm1", layer.norm1.Rows(hidden, layout, conditioning.Modulations[modulation]));
        golden.Is(prefix + "attn1", layer.attn1.Self(normal, layout));
        golden.Is(prefix + "attn2", layer.attn2.Cross(layer.norm2.Rows(attended, layout, conditioning.Modulations[modulation + 1]), layout, conditioning, keys));
        golden.Is(prefix + "norm3", layer.norm3.Rows(attended + Mid("attn2"), layout, conditioning.Modulations[modulation + 2]));
        golden.Is(prefix + "ff", layer.ff.forward(Mid("norm3")));
    }

    [Theory]
    [MemberData(nameof(OpenMuseCases))]
    public void LogitsAreOpenMuses(string name, string weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using UVit2DModel model = Load(name, weights);
        using var golden = new GoldenCase(name, output);
        Tensor logits = model.forward(golden.Grid("input_ids"), golden.Inputs["encoder_hidden_states"], golden.Inputs["cond_embeds"], golden.Inputs["micro_conds"]);
        golden.Is("logits", logits.flatten(2).transpose(1, 2));
        golden.IsWhollyCompared();
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

    internal static UVit2DModel Load(string golden, string file = "")
    {
        string folder = Repository.Golden(golden);
        using var checkpoint = Checkpoint.Open(Path.Combine(folder, file));
        return UVit2DCheckpoint.Load(UVit2DConfig.Read(Path.Combine(folder, "config.json")), checkpoint);
    }
}
