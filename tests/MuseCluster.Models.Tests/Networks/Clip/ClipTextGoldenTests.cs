using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Clip;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Clip;

/// <summary>The text encoder against HuggingFace's <c>CLIPTextModelWithProjection</c>, on models saved by it.</summary>
public sealed class ClipTextGoldenTests(ITestOutputHelper output)
{
    private const string Pipeline = "amused_pipeline_tiny";

    public static TheoryData<string, string> Cases => GoldenCases.WithWeights(NetworkFamily.ClipText);

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryHiddenStateAndTheTextsEmbeddingAreTheReferences(string name, string weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase(name, output);
        using ClipTextEncoder encoder = golden.Load(c => ClipTextCheckpoint.Load(ClipTextConfig.Read(golden.Config), c), weights);
        golden.HasTheTensorsOf(encoder, weights);
        ClipTextOutput result = encoder.forward(golden.Inputs["input_ids"], golden.Inputs.GetValueOrDefault("attention_mask"));
        Assert.Equal(encoder.Config.NumHiddenLayers + 1, result.HiddenStates.Count);
        for (int i = 0; i < result.HiddenStates.Count; i++)
            golden.IsWhereThere($"hidden_states.{i}", () => result.HiddenStates[i]);
        golden.IsWhereThere("penultimate", () => result.Penultimate);
        golden.IsWhereThere("pooler_output", () => result.PooledOutput);
        golden.Is("last_hidden_state", result.LastHiddenState);
        golden.IsWhereThere("text_embeds", () => result.TextEmbeds!);
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

    internal static ClipTextEncoder Load(string folder)
    {
        using var checkpoint = Checkpoint.Open(folder);
        return ClipTextCheckpoint.Load(ClipTextConfig.Read(Path.Combine(folder, "config.json")), checkpoint);
    }
}
