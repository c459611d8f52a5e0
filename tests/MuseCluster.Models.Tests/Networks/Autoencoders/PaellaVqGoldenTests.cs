using MuseCluster.Models.Networks.Autoencoders.OpenMuse;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Autoencoders;

/// <summary>The network against open-muse's PaellaVQModel, on models saved by it.</summary>
public sealed class PaellaVqGoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> Cases => GoldenCases.WithWeights(NetworkFamily.Paella);

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryOutputIsTheReferences(string name, string weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase(name, output);
        using var network = golden.Load(c => PaellaVqModel.Load(PaellaVqConfig.Read(golden.Config), c), weights);
        golden.HasTheTensorsOf(network, weights);

        Tensor pixels = golden.Inputs["pixel_values"];
        Tensor latents = network.EncodeLatents(pixels);
        golden.Is("latents", latents);
        Tensor indices = network.Quantize(latents);
        golden.Is("indices", indices.flatten(1));
        golden.Is("codes_of_input", network.Encode(pixels).flatten(1));
        Tensor scaled = network.Scale(network.Lookup(indices));
        golden.Is("quantized", scaled);
        golden.Is("decoded_codes", network.Decode(golden.Grid("codes")));
        golden.Is("reconstruction", network.DecodeScaled(scaled));
        golden.Is("reconstruction", network.DecodeLatents(latents));
        golden.IsWhollyCompared();
    }

    [Fact]
    public void CountersOfTheNormalisationStayWholeNumbers()
    {
        using var golden = new GoldenCase("openmuse_paella_vq_a", output);
        using var network = golden.Load(c => PaellaVqModel.Load(PaellaVqConfig.Read(golden.Config), c));
        Assert.Equal(int64, network.state_dict()["down_blocks.3.1.num_batches_tracked"].dtype);
    }
}
