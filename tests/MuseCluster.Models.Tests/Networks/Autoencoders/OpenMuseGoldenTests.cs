using MuseCluster.Models.Networks.Autoencoders;
using MuseCluster.Models.Networks.Autoencoders.OpenMuse;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Autoencoders;

/// <summary>The networks against open-muse's convolutional tokenizers, on models saved by it.</summary>
public sealed class OpenMuseGoldenTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("openmuse_maskgit_vqgan_a")]
    [InlineData("openmuse_maskgit_vqgan_b_shortcut")]
    public void MaskGitsTokenizerIsTheReferences(string name) =>
        AssertGolden(name, golden => golden.Load(c => MaskGitVqGan.Load(MaskGitVqGanConfig.Read(golden.Config), c)));

    [Fact]
    public void TamingsTokenizerIsTheReferences() =>
        AssertGolden("openmuse_vqgan_a", golden => golden.Load(c => OpenMuseVqGan.Load(OpenMuseVqGanConfig.Read(golden.Config), c)));

    private void AssertGolden(string name, Func<GoldenCase, ConvolutionalVqAutoencoder> load)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase(name, output);
        using ConvolutionalVqAutoencoder network = load(golden);
        golden.HasTheTensorsOf(network);

        Tensor pixels = golden.Inputs["pixel_values"];
        golden.Is("encoder_out", network.Encoder.forward(pixels));
        Tensor latents = network.EncodeLatents(pixels);
        golden.Is("latents", latents);
        Tensor indices = network.Quantize(latents);
        golden.Is("indices", indices.flatten(1));
        golden.Is("codes_of_input", network.Encode(pixels).flatten(1));
        golden.Is("quantized", network.Lookup(indices));
        // The reference keeps grids as rows, and takes them for square.
        golden.Is("decoded_codes", network.Decode(golden.Inputs["codes"].view(indices.shape)));
        golden.Is("reconstruction", network.DecodeLatents(latents));
        golden.IsWhollyCompared();
    }
}
