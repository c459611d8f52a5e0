using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Clip;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Clip;

/// <summary>The text encoder against HuggingFace's <c>CLIPTextModelWithProjection</c>, on models saved by it.</summary>
public sealed class ClipTextGoldenTests(ITestOutputHelper output)
{
    private const string Case = "clip_text_a_legacy_eos", Pipeline = "amused_pipeline_tiny";

    [Fact]
    public void EveryHiddenStateAndTheTextsEmbeddingAreTheReferences()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using ClipTextEncoder encoder = Load(Repository.Golden(Case));
        using var golden = new GoldenCase(Case, output);
        ClipTextOutput result = encoder.forward(golden.Inputs["input_ids"]);
        Assert.Equal(encoder.Config.NumHiddenLayers + 1, result.HiddenStates.Count);
        for (int i = 0; i < result.HiddenStates.Count; i++)
            golden.Is($"hidden_states.{i}", result.HiddenStates[i]);
        golden.Is("penultimate", result.Penultimate);
        golden.Is("last_hidden_state", result.LastHiddenState);
        golden.Is("text_embeds", result.TextEmbeds!);
        golden.IsWhollyCompared();
    }

    [Fact]
    public void APipelinesTextEncoderGivesWhatItsTransformerIsGiven()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using ClipTextEncoder encoder = Load(Path.Combine(Repository.Golden(Pipeline), "text_encoder"));
        using var golden = new GoldenCase(Pipeline, output);
        ClipTextOutput result = encoder.forward(golden.Inputs["prompt_ids"]);
        golden.Is("encoder_hidden_states", result.Penultimate);
        golden.Is("text_embeds", result.TextEmbeds!);
    }

    [Fact]
    public void ParametersHaveTheNamesOfTheCheckpoint()
    {
        using var golden = new GoldenCase(Case);
        using ClipTextEncoder encoder = Load(golden.Folder);
        golden.HasTheTensorsOf(encoder);
    }

    internal static ClipTextEncoder Load(string folder)
    {
        using var checkpoint = Checkpoint.Open(folder);
        return ClipTextCheckpoint.Load(ClipTextConfig.Read(Path.Combine(folder, "config.json")), checkpoint);
    }
}
