using MuseCluster.Models.Networks.Autoencoders;
using MuseCluster.Models.Networks.Autoencoders.Diffusers;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Autoencoders;

/// <summary>The network against diffusers' VQModel, on models saved by it.</summary>
public sealed class DiffusersVqGoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> Cases => GoldenCases.WithWeights(NetworkFamily.DiffusersVq);

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryOutputAndEveryModuleIsTheReferences(string name, string weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase(name, output);
        using var network = golden.Load(c => DiffusersVqModel.Load(DiffusersVqConfig.Read(golden.Config), c), weights);
        golden.HasTheTensorsOf(network, weights);

        Tensor pixels = golden.Inputs["pixel_values"], codes = golden.Inputs["codes"];
        AssertModules(golden, "mid.encoder.", network.Encoder, pixels);
        Tensor latents = network.EncodeLatents(pixels);
        golden.Is("latents", latents);
        Tensor indices = network.Quantize(latents);
        golden.Is("indices", indices);
        golden.Is("quantized", network.Lookup(indices));
        Tensor projected = network.ProjectCodes(network.Lookup(codes));
        golden.IsWhereThere("mid.post_quant_conv", () => projected);
        AssertModules(golden, "mid.decoder.", network.Decoder, projected);
        golden.Is("decoded_codes", network.Decode(codes));
        golden.Is("reconstruction", network.DecodeLatents(latents));
        golden.IsWhollyCompared();
    }

    private static void AssertModules(GoldenCase golden, string prefix, Chain chain, Tensor input)
    {
        Tensor current = input;
        foreach (var (path, module) in chain.Links)
        {
            current = module.forward(current);
            if (path.Length > 0) golden.IsWhereThere(prefix + path, () => current);
        }
    }
}
