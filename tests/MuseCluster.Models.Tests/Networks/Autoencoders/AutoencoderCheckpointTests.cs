using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Autoencoders;
using MuseCluster.Models.Networks.Autoencoders.Diffusers;
using MuseCluster.Models.Networks.Autoencoders.OpenMuse;
using MuseCluster.Models.Networks.Autoencoders.Taming;
using MuseCluster.Models.Tests.Checkpoints;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Autoencoders;

public sealed class AutoencoderCheckpointTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("taming_vqgan_a", "decoder.mid.attn_1.proj_out.weight")]
    [InlineData("amused_vq_a", "encoder.down_blocks.0.downsamplers.0.conv.weight")]
    [InlineData("autoencoder_kl_tiny", "decoder.mid_block.attentions.0.to_out.0.bias")]
    [InlineData("openmuse_maskgit_vqgan_b_shortcut", "decoder.up.1.upsample_conv.weight")]
    [InlineData("openmuse_vqgan_a", "encoder.down.1.attn.0.q.weight")]
    [InlineData("openmuse_paella_vq_a", "down_blocks.3.1.running_var")]
    public void EveryMisfitIsNamedWithItsFile(string name, string dropped)
    {
        using var source = Checkpoint.Open(Repository.Golden(name));
        string misshapen = source.Tensors.Keys.First(k => k != dropped && k.EndsWith(".bias", StringComparison.Ordinal));
        string path = folder["odd.safetensors"];
        SafetensorsWriter.Write(path,
        [
            .. source.Tensors.Values.Where(v => v.Name != dropped && v.Name != misshapen).Select(v => TensorSource.FromView(v)),
            Junk(misshapen, 1, 1), Junk("surprise", 2),
        ]);
        using var odd = Checkpoint.Open(path);
        var error = Assert.Throws<CheckpointException>(() => Load(name, odd));
        Assert.Equal(path, error.File);
        Assert.Contains($"missing '{dropped}'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"misshapen '{misshapen}': found [1, 1]", error.Message, StringComparison.Ordinal);
        Assert.Contains("unexpected 'surprise'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DiffusersFilesMayHaveTheNamesFromBefore018()
    {
        (string Now, string Before)[] names = [("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn")];
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var source = Checkpoint.Open(Repository.Golden("diffusers_vq_c_midattn"));
        SafetensorsWriter.Write(folder["old.safetensors"],
            [.. source.Tensors.Values.Select(v => TensorSource.FromView(v, names.Aggregate(v.Name, (name, n) => name.Replace(n.Now, n.Before, StringComparison.Ordinal))))]);
        using var old = Checkpoint.Open(folder["old.safetensors"]);
        Assert.Contains("encoder.mid_block.attentions.0.proj_attn.weight", old.Tensors.Keys);

        DiffusersVqConfig config = DiffusersVqConfig.Read(Path.Combine(Repository.Golden("diffusers_vq_c_midattn"), "config.json"));
        using var expected = DiffusersVqModel.Load(config, source);
        using var actual = DiffusersVqModel.Load(config, old);
        Tensor pixels = ones(1, 3, 8, 8);
        Assert.Equal(expected.EncodeLatents(pixels).ToArray<float>(), actual.EncodeLatents(pixels).ToArray<float>());
    }

    [Fact]
    public void WhatTamingKeepsForTrainingIsLeftAlone()
    {
        using var source = Checkpoint.Open(Repository.Golden("taming_vqgan_a"));
        SafetensorsWriter.Write(folder["whole.safetensors"],
            [.. source.Tensors.Values.Select(v => TensorSource.FromView(v)), Junk("loss.discriminator.main.0.weight", 3), Junk("colorize", 3, 1, 1, 1)]);
        using var whole = Checkpoint.Open(folder["whole.safetensors"]);
        Load("taming_vqgan_a", whole).Dispose();
    }

    [Fact]
    public void LoadedWeightsAskForNoGradientsAndMayBeOfAnotherType()
    {
        using var source = Checkpoint.Open(Repository.Golden("amused_vq_a"));
        using var network = DiffusersVqModel.Load(DiffusersVqConfig.Read(Path.Combine(Repository.Golden("amused_vq_a"), "config.json")), source, dtype: bfloat16);
        Assert.False(network.training);
        Assert.All(network.parameters(), p => Assert.True(p is { requires_grad: false, dtype: bfloat16 }));
    }

    private static nn.Module Load(string name, Checkpoint checkpoint)
    {
        string config = Path.Combine(Repository.Golden(name), "config.json");
        return name switch
        {
            "taming_vqgan_a" => TamingVqModel.Load(TamingVqConfig.Read(config), checkpoint),
            "amused_vq_a" => DiffusersVqModel.Load(DiffusersVqConfig.Read(config), checkpoint),
            "autoencoder_kl_tiny" => AutoencoderKl.Load(AutoencoderKlConfig.Read(config), checkpoint),
            "openmuse_maskgit_vqgan_b_shortcut" => MaskGitVqGan.Load(MaskGitVqGanConfig.Read(config), checkpoint),
            "openmuse_vqgan_a" => OpenMuseVqGan.Load(OpenMuseVqGanConfig.Read(config), checkpoint),
            _ => PaellaVqModel.Load(PaellaVqConfig.Read(config), checkpoint),
        };
    }

    private static TensorSource Junk(string name, params long[] shape) =>
        TensorSource.FromBytes(name, TensorDType.F32, shape, new byte[shape.Aggregate(4L, (a, b) => a * b)]);
}
