using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.MuseMaskGitPytorch;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.MuseMaskGitPytorch;

/// <summary>The transformer against muse-maskgit-pytorch's, on models saved by it.</summary>
public sealed class TransformerGoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> Cases => GoldenCases.WithWeights(NetworkFamily.MuseMaskGitPytorch);

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryOutputIsTheReferences(string name, string weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase(name, output);
        using Transformer transformer = Load(golden, weights);
        Tensor ids = golden.Inputs["ids"], text = golden.Inputs["text_embeds"];
        Tensor? conditioning = golden.Inputs.GetValueOrDefault("conditioning_token_ids"), selfCond = golden.Inputs.GetValueOrDefault("self_cond_embed");
        (Tensor logits, Tensor states) = transformer.forward(ids, text, conditioning, selfCond);
        golden.IsWhereThere("embed", () => states);
        golden.Is("logits", logits);
        Tensor without = transformer.forward(ids, text, conditioning, selfCond, dropText: true).Logits;
        golden.IsWhereThere("null_logits", () => without);
        // Guidance as the decoder counts it: a scale of 3 is t = 2.
        golden.IsWhereThere("scaled_logits", () => logits.add(logits.sub(without).mul(2)));
        golden.IsWhollyCompared();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ParametersHaveTheNamesOfTheCheckpoint(string name, string weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using var golden = new GoldenCase(name, output);
        using Transformer transformer = Load(golden, weights);
        golden.HasTheTensorsOf(transformer, weights);
        Assert.All(transformer.parameters(), p => Assert.False(p.requires_grad));
    }

    [Fact]
    public void PaddingOfTheTextIsAsIfItWereNotThere()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase("lucid_base_transformer", output);
        using Transformer transformer = Load(golden);
        Tensor ids = golden.Inputs["ids"], text = golden.Inputs["text_embeds"];
        Tensor padded = cat([text, zeros([2, 3, 20])], 1);
        Assert.True(transformer.forward(ids, padded).Logits.allclose(transformer.forward(ids, text).Logits, 1e-5, 1e-5));
    }

    [Fact]
    public void ASelfConditionedModelTakesZerosWhereThereIsNoFormerPass()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase("lucid_superres_selfcond", output);
        using Transformer transformer = Load(golden);
        Tensor ids = golden.Inputs["ids"], text = golden.Inputs["text_embeds"];
        Assert.Equal(
            transformer.forward(ids, text, selfCond: zeros([3, 36, 24])).Logits.ToArray<float>(), transformer.forward(ids, text).Logits.ToArray<float>());
    }

    [Fact]
    public void APassLeavesNoTensorsBehind()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase("lucid_superres_selfcond", output);
        using Transformer transformer = Load(golden);
        int before = scope.DisposablesCount;
        (Tensor logits, Tensor states) = transformer.forward(golden.Inputs["ids"], golden.Inputs["text_embeds"], golden.Inputs["conditioning_token_ids"]);
        Assert.Equal(before + 2, scope.DisposablesCount);
        logits.Dispose();
        states.Dispose();
    }

    [Fact]
    public void ACheckpointOfAWholeModelLoadsByPrefix()
    {
        using DisposeScope scope = NewDisposeScope();
        using var folder = new Tests.Checkpoints.TempFolder();
        using var golden = new GoldenCase("lucid_token_critic", output);
        using (var source = Checkpoint.Open(golden.Folder))
        {
            SafetensorsWriter.Write(folder["whole.safetensors"],
            [
                .. source.Tensors.Values.Select(view => TensorSource.FromView(view, "transformer." + view.Name)),
                TensorSource.FromBytes("vae.weight", TensorDType.F32, [1], new byte[4]),
            ]);
        }

        using var whole = Checkpoint.Open(folder["whole.safetensors"]);
        using Transformer byPrefix = Transformer.Load(TransformerConfig.Read(golden["config.json"]), whole, "transformer.");
        using Transformer plain = Load(golden);
        Tensor ids = golden.Inputs["ids"], text = golden.Inputs["text_embeds"];
        Assert.Equal(plain.forward(ids, text).Logits.ToArray<float>(), byPrefix.forward(ids, text).Logits.ToArray<float>());
    }

    private static Transformer Load(GoldenCase golden, string weights = "") => golden.Load(c => Transformer.Load(TransformerConfig.Read(golden.Config), c), weights);
}
