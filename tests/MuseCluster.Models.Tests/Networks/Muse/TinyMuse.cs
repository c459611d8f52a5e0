using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Muse;

/// <summary>Transformers small enough for tests, and random inputs for them.</summary>
internal static class TinyMuse
{
    public static BaseTransformerConfig Base(int patch = 1) => new()
    {
        CodebookSize = 11,
        GridSize = 4,
        TextDim = 6,
        TextLength = 5,
        Dim = 16,
        Layers = 2,
        Heads = 2,
        MlpDim = 32,
        Patch = patch,
        PooledText = patch > 1,
        TextOverlap = patch > 1 ? 2 : 0,
        TokenDim = 8,
    };

    public static SuperResolutionTransformerConfig Superres(int patch = 1, bool lowSkip = false, int lowLayers = 1) => new()
    {
        CodebookSize = 13,
        GridSize = 8,
        TextDim = 6,
        TextLength = 5,
        Dim = 16,
        Layers = 2,
        Heads = 2,
        MlpDim = 32,
        Patch = patch,
        TokenDim = 8,
        LowCodebookSize = 11,
        LowGridSize = 4,
        LowLayers = lowLayers,
        LowSkip = lowSkip,
        PooledText = lowSkip,
        TextOverlap = lowSkip ? 2 : 0,
    };

    /// <summary>Grids [pictures, Tokens] of random codes and masks.</summary>
    public static Tensor Grids(MuseTransformerConfig config, int pictures, int seed) =>
        Codes(config.CodebookSize + 1, pictures, config.Tokens, seed);

    public static Tensor LowGrids(SuperResolutionTransformerConfig config, int pictures, int seed) =>
        Codes(config.LowCodebookSize, pictures, config.LowGridSize * config.LowGridSize, seed);

    public static Tensor Texts(MuseTransformerConfig config, int count, int seed)
    {
        var random = new Random(seed);
        var values = Enumerable.Range(0, count * config.TextLength * config.TextDim).Select(_ => (float)((2 * random.NextDouble()) - 1));
        return tensor(values.ToArray(), [count, config.TextLength, config.TextDim]);
    }

    public static Tensor Words(int count, int length) => ones([count, length], @bool);

    public static RowLayout Layout(MuseTransformerConfig config, int pictures, int groups = 1, int padding = 0) =>
        new(pictures, groups, config.Positions, (groups * config.Positions) + padding);

    public static void Close(Tensor expected, Tensor actual, double tolerance = 1e-5)
    {
        Assert.Equal(expected.shape, actual.shape);
        var worst = (expected - actual).abs().max().item<float>();
        Assert.True(worst <= tolerance, $"differs by {worst}");
    }

    public static void Differs(Tensor first, Tensor second, double least = 1e-4) =>
        Assert.True((first - second).abs().max().item<float>() > least, "makes no difference");

    private static Tensor Codes(int count, int pictures, int length, int seed)
    {
        var random = new Random(seed);
        return tensor(Enumerable.Range(0, pictures * length).Select(_ => (long)random.Next(count)).ToArray(), [pictures, length]);
    }
}
