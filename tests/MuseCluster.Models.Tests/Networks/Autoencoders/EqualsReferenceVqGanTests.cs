using MuseCluster.Models.Networks.Autoencoders;
using MuseCluster.Models.Networks.Autoencoders.Diffusers;
using MuseCluster.Models.Networks.Autoencoders.OpenMuse;
using MuseCluster.Models.Networks.Autoencoders.Taming;
using MuseCluster.Models.Tests.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Autoencoders;

/// <summary>Shapes that the golden cases lack, against a computation that is written apart from the networks.</summary>
[Collection(nameof(NetworkTests))]
public sealed class EqualsReferenceVqGanTests
{
    private static readonly TamingVqConfig Taming = new()
    {
        Resolution = 16, Ch = 32, ChMult = [1, 2, 3], InChannels = 3, OutCh = 3, NumResBlocks = 2, AttnResolutions = [8, 4], ZChannels = 6, NEmbed = 16, EmbedDim = 5,
    };

    private static readonly OpenMuseVqGanConfig OpenMuse = new()
    {
        Resolution = 16, HiddenChannels = 32, ChannelMult = [2, 1], NumResBlocks = 3, AttnResolutions = [16, 8], ZChannels = 6, NumEmbeddings = 16, QuantizedEmbedDim = 9,
    };

    private static readonly DiffusersVqConfig Diffusers = new()
    {
        BlockOutChannels = [8, 24, 16], DownAttention = [true, false, true], UpAttention = [true, true, false], LayersPerBlock = 3, NormNumGroups = 4,
        LatentChannels = 6, NumVqEmbeddings = 16, VqEmbedDim = 5,
    };

    private static readonly (string Name, Func<ConvolutionalVqAutoencoder> Make, bool Diffusers, int Groups)[] Variants =
    [
        ("taming with attention at two levels, and codes narrower than latents", () => new TamingVqModel(Taming), false, 32),
        ("taming whose pictures have other channels than those it encodes", () => new TamingVqModel(Taming with { InChannels = 1, OutCh = 4, NumResBlocks = 1, AttnResolutions = [] }), false, 32),
        ("latent-diffusion without attention", () => new TamingVqModel(Taming with { Attentive = false }), false, 32),
        ("taming of one level", () => new TamingVqModel(Taming with { ChMult = [2], AttnResolutions = [16] }), false, 32),
        ("open-muse with attention at all levels", () => new OpenMuseVqGan(OpenMuse), false, 32),
        ("open-muse without attention in the middle", () => new OpenMuseVqGan(OpenMuse with { NoAttnMidBlock = true, AttnResolutions = [8] }), false, 32),
        ("diffusers with three layers and attention at several levels", () => new DiffusersVqModel(Diffusers), true, 4),
        ("diffusers without attention in the middle", () => new DiffusersVqModel(Diffusers with { MidBlockAddAttention = false, LayersPerBlock = 1 }), true, 4),
    ];

    public static TheoryData<string> Names => [.. Variants.Select(v => v.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void LatentsAndPicturesAreTheReferences(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        manual_seed(11);
        var (_, make, diffusers, groups) = Variants.Single(v => v.Name == name);
        using ConvolutionalVqAutoencoder network = make();
        network.eval();
        Dictionary<string, Tensor> state = network.state_dict();
        // Normalisations start as 1 and 0, which would hide where they are applied.
        foreach (var (key, value) in state)
            if (key.Contains("norm", StringComparison.Ordinal)) value.add_(randn_like(value) * 0.3f);
        var reference = new ReferenceVqGan(state, diffusers, groups);
        Tensor pixels = randn(2, state["encoder.conv_in.weight"].size(1), 2 * network.Factor, 3 * network.Factor);
        Tensor latents = reference.Project("quant_conv", reference.Encode(pixels));
        AssertClose(latents, network.EncodeLatents(pixels));
        Tensor codes = network.Lookup(network.Quantize(latents));
        AssertClose(reference.Decode(reference.Project("post_quant_conv", codes)), network.DecodeCodes(codes));
    }

    [Fact]
    public void KlModelsToo()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        manual_seed(12);
        using var network = new AutoencoderKl(new AutoencoderKlConfig
        {
            BlockOutChannels = [8, 16], DownAttention = [false, true], UpAttention = [true, false], LayersPerBlock = 3, NormNumGroups = 4, LatentChannels = 3,
        });
        var reference = new ReferenceVqGan(network.state_dict(), true, 4);
        Tensor pixels = randn(2, 3, 6, 10);
        var (mean, logVariance) = network.Encode(pixels);
        AssertClose(reference.Project("quant_conv", reference.Encode(pixels)), cat([mean, logVariance], 1));
        AssertClose(reference.Decode(reference.Project("post_quant_conv", mean)), network.Decode(mean));
    }

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True((expected - expected.mean()).abs().max().item<float>() > 1e-2f);
        Assert.True(allclose(actual, expected, 1e-4, 1e-4), $"differs by {(actual - expected).abs().max().item<float>()}");
    }
}
