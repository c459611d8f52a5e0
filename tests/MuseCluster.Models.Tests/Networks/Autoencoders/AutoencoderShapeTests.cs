using MuseCluster.Models.Networks.Autoencoders;
using MuseCluster.Models.Networks.Autoencoders.Diffusers;
using MuseCluster.Models.Networks.Autoencoders.OpenMuse;
using MuseCluster.Models.Networks.Autoencoders.Taming;
using MuseCluster.Models.Tests.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Autoencoders;

[Collection(nameof(NetworkTests))]
public sealed class AutoencoderShapeTests
{
    private static readonly DiffusersVqConfig Diffusers = new()
    {
        BlockOutChannels = [8, 16, 16], DownAttention = [false, true, false], UpAttention = [false, true, false], NormNumGroups = 4, NumVqEmbeddings = 16,
    };

    private static readonly OpenMuseVqGanConfig OpenMuse = new()
    {
        Resolution = 16, HiddenChannels = 32, ChannelMult = [1, 2, 1], NumResBlocks = 1, AttnResolutions = [8], ZChannels = 6, NumEmbeddings = 16, QuantizedEmbedDim = 5,
    };

    private static readonly TamingVqConfig Taming = new()
    {
        Resolution = 16, Ch = 32, ChMult = [1, 2, 1], InChannels = 3, OutCh = 4, NumResBlocks = 1, AttnResolutions = [8], ZChannels = 6, NEmbed = 16, EmbedDim = 5,
    };

    private static readonly PaellaVqConfig Paella = new() { Levels = 2, BottleneckBlocks = 2, CHidden = 8, CodebookSize = 16 };

    public static TheoryData<string> Families => ["diffusers", "openmuse", "openmuse plain", "taming", "taming pooled", "maskgit", "paella"];

    [Theory]
    [MemberData(nameof(Families))]
    public void APictureOfAnyShapeIsEncodedAloneAsInABatch(string family)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using VqAutoencoder network = Build(family);
        network.eval();
        int factor = network.Factor;
        Tensor pixels = randn(3, 3, 4 * factor, 6 * factor);
        Tensor latents = network.EncodeLatents(pixels), indices = network.Encode(pixels);
        Assert.Equal([3, 4, 6], indices.shape);
        Tensor pictures = network.Decode(indices);
        Assert.Equal([3, family.StartsWith("taming", StringComparison.Ordinal) ? 4 : 3, 4 * factor, 6 * factor], pictures.shape);

        AssertClose(network.EncodeLatents(pixels.narrow(0, 1, 1)), latents.narrow(0, 1, 1));
        AssertClose(network.Decode(indices.narrow(0, 1, 1)), pictures.narrow(0, 1, 1));
        TinyMuse.Differs(latents.narrow(0, 0, 1), latents.narrow(0, 1, 1));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void WrongShapesAreNamed(string family)
    {
        using DisposeScope scope = NewDisposeScope();
        using VqAutoencoder network = Build(family);
        Assert.Contains("[1, 4, 8, 8]", Assert.Throws<ArgumentException>("pixels", () => network.EncodeLatents(zeros(1, 4, 8, 8))).Message, StringComparison.Ordinal);
        Assert.Contains("[2, 16]", Assert.Throws<ArgumentException>("indices", () => network.Lookup(zeros([2, 16], int64))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("latents", () => network.Quantize(zeros(1, 99, 2, 2)));
        Assert.Throws<ArgumentException>("codes", () => network.DecodeCodes(zeros(1, 99, 2, 2)));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void PassesLeaveNoTensorBehind(string family)
    {
        using VqAutoencoder network = Build(family);
        using Tensor pixels = randn(1, 3, 16, 16);
        TensorCount.IsKept(() =>
        {
            using IDisposable guard = inference_mode();
            using Tensor latents = network.EncodeLatents(pixels);
            network.DecodeLatents(latents).Dispose();
            network.Encode(pixels).Dispose();
        });
    }

    [Fact]
    public void OpenMuseUsesNoAttentionOfALevelThatHasOneOnly()
    {
        Assert.True(Bears(1, taming: true));
        Assert.False(Bears(1, taming: false));
        Assert.True(Bears(2, taming: false));

        static bool Bears(int blocks, bool taming)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable guard = no_grad();
            using ConvolutionalVqAutoencoder network = taming ? new TamingVqModel(Taming with { NumResBlocks = blocks }) : new OpenMuseVqGan(OpenMuse with { NumResBlocks = blocks });
            Tensor pixels = randn(1, 3, 16, 16), before = network.EncodeLatents(pixels);
            network.state_dict()["encoder.down.1.attn.0.proj_out.bias"].copy_(randn(64));
            return !before.equal(network.EncodeLatents(pixels));
        }
    }

    [Fact]
    public void MaskGitsShortcutReadsWhatTheBlockMade()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        foreach (bool ofResult in new[] { true, false })
        {
            nn.Module<Tensor, Tensor> block = FirstBlock(ofResult);
            foreach (var (name, parameter) in block.named_parameters())
                if (name.StartsWith("conv2", StringComparison.Ordinal)) parameter.zero_();
            Assert.Equal(!ofResult, block.forward(randn(1, 32, 2, 2)).abs().max().item<float>() > 0);
        }
    }

    [Fact]
    public void ADecoderOfOpenMuseMayHaveItsOwnShape()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        using var network = new OpenMuseVqGan(OpenMuse with
        {
            DecoderHiddenChannels = 64, DecoderChannelMult = [1, 1, 2], DecoderResBlocks = [0, 1, 2], ExtraMidResBlocks = 2, NoAttnMidBlock = true,
        });
        Dictionary<string, Tensor> state = network.state_dict();
        Assert.Equal([128, 128, 3, 3], state["decoder.mid.extra_mid_res_blocks.1.conv2.weight"].shape);
        Assert.Contains("decoder.up.2.block.2.conv1.weight", state.Keys);
        Assert.DoesNotContain("decoder.up.0.block.1.conv1.weight", state.Keys);
        Assert.DoesNotContain(state.Keys, k => k.Contains("mid.attn", StringComparison.Ordinal));
        Assert.Equal([1, 3, 16, 16], network.Decode(zeros([1, 4, 4], int64)).shape);
    }

    [Fact]
    public void KlModelsMayDoWithoutTheConvolutionsAroundTheLatents()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        var config = new AutoencoderKlConfig { BlockOutChannels = [8], NormNumGroups = 4, MidBlockAddAttention = false, UseQuantConv = false, UsePostQuantConv = false };
        using var network = new AutoencoderKl(config);
        Assert.All(network.state_dict().Keys, k => Assert.True(k.StartsWith("encoder.", StringComparison.Ordinal) || k.StartsWith("decoder.", StringComparison.Ordinal)));
        var (mean, logVariance) = network.Encode(randn(2, 3, 5, 7));
        Assert.Equal([2, 4, 5, 7], mean.shape);
        Assert.Equal(mean.shape, logVariance.shape);
        Assert.Equal([2, 3, 5, 7], network.Decode(mean).shape);
        Assert.Throws<ArgumentException>("latents", () => network.Decode(zeros(1, 3, 2, 2)));
    }

    private static nn.Module<Tensor, Tensor> FirstBlock(bool maskGit)
    {
        ConvolutionalVqAutoencoder network = maskGit
            ? new MaskGitVqGan(new MaskGitVqGanConfig { HiddenChannels = 32, ChannelMult = [2, 1], NumResBlocks = 1, ZChannels = 4, QuantizedEmbedDim = 4, NumEmbeddings = 8 })
            : new TamingVqModel(Taming with { ChMult = [2, 1] });
        return ((Chain)network.Encoder.Links[1].Module).Links[0].Module;
    }

    private static VqAutoencoder Build(string family) => family switch
    {
        "diffusers" => new DiffusersVqModel(Diffusers),
        "openmuse" => new OpenMuseVqGan(OpenMuse),
        "openmuse plain" => new OpenMuseVqGan(OpenMuse with { NoAttnMidBlock = true, AttnResolutions = [], ResampleWithConv = false }),
        "taming" => new TamingVqModel(Taming),
        "taming pooled" => new TamingVqModel(Taming with { ResampWithConv = false }),
        "maskgit" => new MaskGitVqGan(new MaskGitVqGanConfig { HiddenChannels = 32, ChannelMult = [1, 2], NumResBlocks = 1, ZChannels = 4, QuantizedEmbedDim = 4, NumEmbeddings = 16 }),
        _ => new PaellaVqModel(Paella),
    };

    private static void AssertClose(Tensor actual, Tensor expected) => Assert.True(allclose(actual, expected, 1e-4, 1e-4));
}
