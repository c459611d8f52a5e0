using MuseCluster.Models.Networks.Autoencoders;
using MuseCluster.Models.Networks.Autoencoders.OpenMuse;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Autoencoders;

/// <summary>The networks against open-muse's convolutional tokenizers, on models saved by it.</summary>
public sealed class OpenMuseGoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> MaskGits => GoldenCases.WithWeights(NetworkFamily.MaskGitVq);

    public static TheoryData<string, string> Tamings => GoldenCases.WithWeights(NetworkFamily.OpenMuseVq);

    [Theory]
    [MemberData(nameof(MaskGits))]
    public void MaskGitsTokenizerIsTheReferences(string name, string weights) =>
        AssertGolden(name, weights, golden => golden.Load(c => MaskGitVqGan.Load(MaskGitVqGanConfig.Read(golden.Config), c), weights));

    [Theory]
    [MemberData(nameof(Tamings))]
    public void TamingsTokenizerIsTheReferences(string name, string weights) =>
        AssertGolden(name, weights, golden => golden.Load(c => OpenMuseVqGan.Load(OpenMuseVqGanConfig.Read(golden.Config), c), weights));

    private void AssertGolden(string name, string weights, Func<GoldenCase, ConvolutionalVqAutoencoder> load)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase(name, output);
        using ConvolutionalVqAutoencoder network = load(golden);
        golden.HasTheTensorsOf(network, weights);

        Tensor pixels = golden.Inputs["pixel_values"];
        golden.IsWhereThere("encoder_out", () => network.Encoder.forward(pixels));
        Tensor latents = network.EncodeLatents(pixels);
        golden.Is("latents", latents);
        Tensor indices = network.Quantize(latents);
        golden.Is("indices", indices.flatten(1));
        golden.Is("codes_of_input", network.Encode(pixels).flatten(1));
        golden.Is("quantized", network.Lookup(indices));
        golden.Is("decoded_codes", network.Decode(golden.Grid("codes")));
        golden.Is("reconstruction", network.DecodeLatents(latents));
        golden.IsWhollyCompared();
    }
}
