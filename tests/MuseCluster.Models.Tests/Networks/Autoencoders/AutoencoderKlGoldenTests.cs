using MuseCluster.Models.Networks.Autoencoders.Diffusers;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Autoencoders;

/// <summary>The network against diffusers' AutoencoderKL, on a model saved by it.</summary>
public sealed class AutoencoderKlGoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> Cases => GoldenCases.WithWeights(NetworkFamily.Kl);

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryOutputIsTheReferences(string name, string weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase(name, output);
        using var network = golden.Load(c => AutoencoderKl.Load(AutoencoderKlConfig.Read(golden.Config), c), weights);
        golden.HasTheTensorsOf(network, weights);

        var (mean, logVariance) = network.Encode(golden.Inputs["pixel_values"]);
        golden.Is("mean", mean);
        golden.Is("logvar", logVariance);
        golden.Is("decoded", network.Decode(golden.Inputs["z"]));
        golden.IsWhollyCompared();
    }

    [Fact]
    public void LogVariancesAreBounded()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        using var golden = new GoldenCase("autoencoder_kl_tiny", output);
        // A new one: what is loaded lies in the file's memory, which cannot be written.
        using var network = new AutoencoderKl(AutoencoderKlConfig.Read(golden.Config));
        Tensor bias = network.state_dict()["quant_conv.bias"];
        bias.narrow(0, 4, 2).fill_(1000);
        bias.narrow(0, 6, 2).fill_(-1000);
        Tensor logVariance = network.Encode(golden.Inputs["pixel_values"]).LogVariance;
        Assert.All(logVariance.narrow(1, 0, 2).ToArray<float>(), v => Assert.Equal(20, v));
        Assert.All(logVariance.narrow(1, 2, 2).ToArray<float>(), v => Assert.Equal(-30, v));
    }
}
