using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.VqGan;

namespace MuseCluster.Models.Tests.Networks.VqGan;

public sealed class VqGanConfigTests
{
    [Fact]
    public void EveryWrongFieldIsListedAtOnce()
    {
        var config = new VqGanConfig
        {
            Resolution = 0, CodebookSize = 1, CodebookDim = 0, NormGroups = 0,
            Encoder = new VqGanStackConfig { Channels = [], Blocks = [[3]], Patch = 0 },
            Decoder = new VqGanStackConfig { Channels = [8, -1], Blocks = [[3], [2]], Patch = 65 },
        };
        var message = Assert.Throws<ConfigException>(config.Validate).Message;
        Assert.All(
            new[] { "Resolution", "CodebookSize", "CodebookDim", "NormGroups", "Encoder.Channels", "Encoder.Blocks", "Encoder.Patch", "Decoder.Channels", "Decoder.Blocks", "Decoder.Patch" },
            field => Assert.Contains(field, message, StringComparison.Ordinal));
    }

    [Fact]
    public void EncoderAndDecoderAgreeOnThePixelsOfAToken()
    {
        var config = TinyVqGan.Config(4, 1, local: true) with { Decoder = TinyVqGan.Stack(4, 2, local: false) };
        Assert.Contains("4 pixels", Assert.Throws<ConfigException>(config.Validate).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(4)]
    public void TheResolutionIsWholeTokens(int resolution) =>
        Assert.Contains("Resolution", Assert.Throws<ConfigException>((TinyVqGan.Config(4, 2, local: true) with { Resolution = resolution }).Validate).Message, StringComparison.Ordinal);

    [Fact]
    public void ChannelsAreMultiplesOfTheGroups() =>
        Assert.Contains("Encoder.Channels", Assert.Throws<ConfigException>((TinyVqGan.Config(4, 1, local: false) with { NormGroups = 3 }).Validate).Message, StringComparison.Ordinal);
}
