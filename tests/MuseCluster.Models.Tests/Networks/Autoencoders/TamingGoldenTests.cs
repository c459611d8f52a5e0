using MuseCluster.Models.Networks.Autoencoders.Taming;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Autoencoders;

/// <summary>The network against taming-transformers', on a model saved by it.</summary>
public sealed class TamingGoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (string name in GoldenCases.Of(NetworkFamily.Taming))
                foreach (string weights in GoldenCases.Weights(Repository.Golden(name)))
                    foreach (string config in new[] { "config.json", "config.yaml" }.Where(file => File.Exists(Path.Combine(Repository.Golden(name), file))))
                        data.Add(name, weights, config);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryOutputIsTheReferences(string name, string weights, string config)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase(name, output);
        using var network = golden.Load(c => TamingVqModel.Load(TamingVqConfig.Read(golden[config]), c), weights);
        golden.HasTheTensorsOf(network, weights);

        Tensor pixels = golden.Inputs["pixel_values"];
        golden.IsWhereThere("encoder_out", () => network.Encoder.forward(pixels));
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
