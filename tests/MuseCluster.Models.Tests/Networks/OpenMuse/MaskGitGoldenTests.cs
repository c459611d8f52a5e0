using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.OpenMuse;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.OpenMuse;

/// <summary>The transformer against open-muse's, on models saved by it.</summary>
public sealed class MaskGitGoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> Cases => new()
    {
        { "openmuse_maskgit_class", "pytorch_model.safetensors" },
        { "openmuse_maskgit_class", "pytorch_model.bin" },
        { "openmuse_maskgit_text", "pytorch_model.safetensors" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryModulesOutputIsTheReferences(string name, string weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        var golden = new ReferenceCase(name);
        using MaskGitTransformer transformer = Load(golden, weights);
        var seen = new HashSet<string>();
        Tensor logits = transformer.forward(golden.Inputs["input_ids"], golden.Inputs.GetValueOrDefault("encoder_hidden_states"), observe: (module, states) =>
        {
            if (golden.Outputs.ContainsKey($"mid.{module}") && seen.Add($"mid.{module}")) golden.AssertClose($"mid.{module}", states, output);
        });
        golden.AssertClose("logits", logits, output);
        Assert.Equal(golden.Outputs.Keys.Where(key => key.StartsWith("mid.", StringComparison.Ordinal)).Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ParametersHaveTheNamesOfTheCheckpoint(string name, string weights)
    {
        using DisposeScope scope = NewDisposeScope();
        var golden = new ReferenceCase(name);
        using var checkpoint = Checkpoint.Open(golden[weights]);
        using MaskGitTransformer transformer = Load(golden, weights);
        Assert.Equal(
            checkpoint.Tensors.Values.Select(view => $"{view.Name} {string.Join("x", view.Shape)}").Order(StringComparer.Ordinal),
            transformer.state_dict().Select(p => $"{p.Key} {string.Join("x", p.Value.shape)}").Order(StringComparer.Ordinal));
        Assert.All(transformer.parameters(), p => Assert.False(p.requires_grad));
    }

    [Fact]
    public void AMaskedPositionOfTheTextIsAsIfItWereNotThere()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        var golden = new ReferenceCase("openmuse_maskgit_text");
        using MaskGitTransformer transformer = Load(golden, "pytorch_model.safetensors");
        Tensor ids = golden.Inputs["input_ids"], text = golden.Inputs["encoder_hidden_states"];
        Tensor mask = ones([2, 7], int64);
        mask.narrow(1, 5, 2).zero_();
        Tensor shorter = transformer.forward(ids, text.narrow(1, 0, 5).contiguous());
        Assert.True(transformer.forward(ids, text, mask).allclose(shorter, 1e-5, 1e-5));
        Assert.False(transformer.forward(ids, text).allclose(shorter, 1e-3, 1e-3));
    }

    [Fact]
    public void APassLeavesNoTensorsBehind()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        var golden = new ReferenceCase("openmuse_maskgit_text");
        using MaskGitTransformer transformer = Load(golden, "pytorch_model.safetensors");
        int before = scope.DisposablesCount;
        using (transformer.forward(golden.Inputs["input_ids"], golden.Inputs["encoder_hidden_states"]))
            Assert.Equal(before + 1, scope.DisposablesCount);
        Assert.Equal(before, scope.DisposablesCount);
    }

    private static MaskGitTransformer Load(ReferenceCase golden, string weights)
    {
        using var checkpoint = Checkpoint.Open(golden[weights]);
        return MaskGitTransformer.Load(MaskGitConfig.Read(golden["config.json"]), checkpoint);
    }
}
