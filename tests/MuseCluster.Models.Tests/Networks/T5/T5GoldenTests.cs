using MuseCluster.Models.Networks.T5;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.T5;

/// <summary>The encoder against HuggingFace's, on models saved by it.</summary>
public sealed class T5GoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> Cases => GoldenCases.WithWeights(NetworkFamily.T5);

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryHiddenStateIsTheReferences(string name, string weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase(name, output);
        using T5Encoder encoder = Load(golden, weights);
        Tensor ids = golden.Inputs["input_ids"];
        Tensor? mask = golden.Inputs.GetValueOrDefault("attention_mask");
        IReadOnlyList<Tensor> states = encoder.HiddenStates(ids, mask);
        Assert.Equal(encoder.Config.NumLayers + 1, states.Count);
        for (int i = 0; i < states.Count; i++)
            golden.IsWhereThere($"hidden_states.{i}", () => states[i]);
        golden.Is("last_hidden_state", encoder.forward(ids, mask));
        golden.IsWhereThere("position_bias", () => encoder.PositionBias((int)ids.size(1)));
        golden.IsWhollyCompared();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ParametersHaveTheNamesOfTheCheckpoint(string name, string weights)
    {
        using var golden = new GoldenCase(name);
        using T5Encoder encoder = Load(golden, weights);
        golden.HasTheTensorsOf(encoder, weights);
    }

    private static T5Encoder Load(GoldenCase golden, string weights) => golden.Load(c => T5EncoderCheckpoint.Load(T5Config.Read(golden.Config), c), weights);
}
