using MuseCluster.Models.Networks.Autoencoders.Taming;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Autoencoders;

/// <summary>The network against taming-transformers', on a model saved by it.</summary>
public sealed class TamingGoldenTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("config.json")]
    [InlineData("config.yaml")]
    public void EveryOutputIsTheReferences(string config)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase("taming_vqgan_a", output);
        using var network = golden.Load(c => TamingVqModel.Load(TamingVqConfig.Read(Path.Combine(golden.Folder, config)), c));
        golden.HasTheTensorsOf(network);

        Tensor pixels = golden.Inputs["pixel_values"];
        golden.Is("encoder_out", network.Encoder.forward(pixels));
        Tensor latents = network.EncodeLatents(pixels);
        golden.Is("latents", latents);
        Tensor indices = network.Quantize(latents);
        golden.Is("indices", indices);
        golden.Is("indices", network.Encode(pixels));
        golden.Is("quantized", network.Lookup(indices));
        golden.Is("decoded_codes", network.Decode(golden.Inputs["codes"]));
        golden.Is("reconstruction", network.DecodeLatents(latents));
        golden.IsWhollyCompared();
    }
}
