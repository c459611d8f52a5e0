using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.T5;

/// <summary>The encoder against HuggingFace's, on models saved by it.</summary>
public sealed class T5GoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string> Cases => ["t5_v10_relu", "t5_v11_a", "t5_v11_fp16", "t5_v11_sharded_bf16"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryHiddenStateIsTheReferences(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new T5GoldenCase(name);
        IReadOnlyList<Tensor> states = golden.Encoder.HiddenStates(golden.Ids, golden.Mask);
        Assert.Equal(golden.Config.NumLayers + 1, states.Count);
        for (int i = 0; i < states.Count; i++)
            AssertClose(golden, $"hidden_states.{i}", states[i]);
        AssertClose(golden, "last_hidden_state", golden.Encoder.forward(golden.Ids, golden.Mask));
        AssertClose(golden, "position_bias", golden.Encoder.PositionBias((int)golden.Ids.size(1)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ParametersHaveTheNamesOfTheCheckpoint(string name)
    {
        using var golden = new T5GoldenCase(name);
        using var checkpoint = Models.Checkpoints.Checkpoint.Open(golden.Folder);
        Assert.Equal(
            checkpoint.Tensors.Values.Select(view => $"{view.Name} {string.Join("x", view.Shape)}").Order(StringComparer.Ordinal),
            golden.Encoder.state_dict().Select(p => $"{p.Key} {string.Join("x", p.Value.shape)}").Order(StringComparer.Ordinal));
    }

    private void AssertClose(T5GoldenCase golden, string name, Tensor actual)
    {
        Tensor expected = golden.Outputs[name];
        Assert.Equal(float32, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        Tensor difference = (actual - expected).abs();
        output.WriteLine($"{name}: largest difference {difference.max().item<float>():g3}");
        Assert.True(difference.sub(expected.abs() * 2e-5).max().item<float>() <= 2e-5f, $"{name} differs by {difference.max().item<float>()}");
    }
}
