using MuseCluster.Models.Networks.OpenMuse;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.OpenMuse;

/// <summary>The transformer against open-muse's, on models saved by it.</summary>
public sealed class MaskGitGoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> Cases => GoldenCases.WithWeights(NetworkFamily.MaskGit);

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryModulesOutputIsTheReferences(string name, string weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase(name, output);
        using MaskGitTransformer transformer = Load(golden, weights);
        Tensor logits = transformer.forward(golden.Inputs["input_ids"], golden.Inputs.GetValueOrDefault("encoder_hidden_states"), golden.Inputs.GetValueOrDefault("encoder_attention_mask"), observe: (module, states) =>
        {
            if (golden.Outputs.ContainsKey($"mid.{module}")) golden.Is($"mid.{module}", states);
        });
        golden.Is("logits", logits);
        golden.IsWhollyCompared("mid.");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ParametersHaveTheNamesOfTheCheckpoint(string name, string weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using var golden = new GoldenCase(name, output);
        using MaskGitTransformer transformer = Load(golden, weights);
        golden.HasTheTensorsOf(transformer, weights);
        Assert.All(transformer.parameters(), p => Assert.False(p.requires_grad));
    }

    [Fact]
    public void AMaskedPositionOfTheTextIsAsIfItWereNotThere()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase("openmuse_maskgit_text", output);
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
        using var golden = new GoldenCase("openmuse_maskgit_text", output);
        using MaskGitTransformer transformer = Load(golden, "pytorch_model.safetensors");
        int before = scope.DisposablesCount;
        using (transformer.forward(golden.Inputs["input_ids"], golden.Inputs["encoder_hidden_states"]))
            Assert.Equal(before + 1, scope.DisposablesCount);
        Assert.Equal(before, scope.DisposablesCount);
    }

    private static MaskGitTransformer Load(GoldenCase golden, string weights) => golden.Load(c => MaskGitTransformer.Load(MaskGitConfig.Read(golden.Config), c), weights);
}
