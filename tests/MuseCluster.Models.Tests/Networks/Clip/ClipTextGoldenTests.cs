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
        using var inputs = new RecordedTensors(Case, "inputs.safetensors");
        using var outputs = new RecordedTensors(Case, "outputs.safetensors");
        ClipTextOutput result = encoder.forward(inputs["input_ids"]);
        Assert.Equal(encoder.Config.NumHiddenLayers + 1, result.HiddenStates.Count);
        for (int i = 0; i < result.HiddenStates.Count; i++)
            output.WriteLine(outputs.Close($"hidden_states.{i}", result.HiddenStates[i]));
        output.WriteLine(outputs.Close("penultimate", result.Penultimate));
        output.WriteLine(outputs.Close("last_hidden_state", result.LastHiddenState));
        output.WriteLine(outputs.Close("text_embeds", result.TextEmbeds!));
        Assert.Equal(encoder.Config.NumHiddenLayers + 4, outputs.Names.Count());
    }

    [Fact]
    public void APipelinesTextEncoderGivesWhatItsTransformerIsGiven()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using ClipTextEncoder encoder = Load(Path.Combine(Repository.Golden(Pipeline), "text_encoder"));
        using var inputs = new RecordedTensors(Pipeline, "inputs.safetensors");
        using var outputs = new RecordedTensors(Pipeline, "outputs.safetensors");
        ClipTextOutput result = encoder.forward(inputs["prompt_ids"]);
        output.WriteLine(outputs.Close("encoder_hidden_states", result.Penultimate));
        output.WriteLine(outputs.Close("text_embeds", result.TextEmbeds!));
    }

    [Fact]
    public void ParametersHaveTheNamesOfTheCheckpoint()
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden(Case));
        using ClipTextEncoder encoder = Load(Repository.Golden(Case));
        Assert.Equal(
            checkpoint.Tensors.Values.Select(view => $"{view.Name} {string.Join("x", view.Shape)}").Order(StringComparer.Ordinal),
            encoder.state_dict().Select(p => $"{p.Key} {string.Join("x", p.Value.shape)}").Order(StringComparer.Ordinal));
    }

    internal static ClipTextEncoder Load(string folder)
    {
        using var checkpoint = Checkpoint.Open(folder);
        return ClipTextCheckpoint.Load(ClipTextConfig.Read(Path.Combine(folder, "config.json")), checkpoint);
    }
}
