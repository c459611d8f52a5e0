using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;

namespace MuseCluster.Models.Tests.Networks.Muse;

public sealed class MuseTransformerConfigTests
{
    [Fact]
    public void EveryWrongFieldIsListedAtOnce()
    {
        var config = new SuperResolutionTransformerConfig
        {
            CodebookSize = 65536, GridSize = 0, TextDim = 0, TextLength = -1, Dim = 6, Layers = 0, Heads = 4, MlpDim = 0,
            Patch = 0, Overlap = -1, TokenDim = 0, LowCodebookSize = 1, LowGridSize = 0, LowLayers = -1, LowSkip = true,
        };
        var problems = Assert.Throws<ConfigException>(config.Validate).Problems;

        string[] fields = ["Overlap", "CodebookSize", "GridSize", "TextDim", "TextLength", "Dim", "Layers", "Heads", "MlpDim", "Patch", "TokenDim", "LowCodebookSize", "LowGridSize", "LowLayers"];
        Assert.All(fields, f => Assert.Contains(problems, p => p.StartsWith(f + " is ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(3, 8, true)]
    [InlineData(2, 8, false)]
    [InlineData(4, 8, false)]
    [InlineData(8, 8, false)]
    public void APathFromTheLowGridNeedsWholeCells(int lowGrid, int grid, bool refused)
    {
        var config = TinyMuse.Superres(1, lowSkip: true) with { LowGridSize = lowGrid, GridSize = grid };
        Assert.Equal(refused, Record.Exception(config.Validate) is ConfigException);
        (config with { LowSkip = false }).Validate();
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(2, 4)]
    [InlineData(4, 1)]
    public void SquaresOfTokensSharePositions(int patch, int positions)
    {
        var config = TinyMuse.Base(patch);
        config.Validate();
        Assert.Equal((16, positions, 11), (config.Tokens, config.Positions, config.MaskId));
        Assert.Contains((8 * patch * patch, 16), config.RowLayers);
        Assert.Contains((16, 48), config.RowLayers);
    }
}
