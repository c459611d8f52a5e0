using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Generation.Tests.Decoding;

namespace MuseCluster.Generation.Tests.Pipelines;

[Collection(nameof(DecoderTests))]
public sealed class PictureFactoryTests
{
    private static readonly Rgb Gray = new(96, 96, 96);

    [Fact]
    public void APreviewShowsKnownTokensAndCoversTheRest()
    {
        using var tiny = new TinyModel();
        var factory = new PictureFactory(tiny.Model);
        foreach (var (side, codes) in new[] { (6, 31), (12, 37) })
        {
            var whole = Enumerable.Range(0, side * side).Select(i => (ushort)(i % codes)).ToArray();
            var partly = whole.Select((t, i) => i % 3 == 0 ? (ushort)codes : t).ToArray();
            var preview = factory.Preview(partly)!;
            Assert.Equal((side * 4, side * 4), (preview.Width, preview.Height));
            for (var i = 0; i < whole.Length; i++)
                for (var pixel = 0; pixel < 16; pixel++)
                    Assert.True(i % 3 != 0 || preview[(i % side * 4) + (pixel % 4), (i / side * 4) + (pixel / 4)] == Gray);

            // The cells that are known are as the network decodes them beside code 0.
            var filled = whole.Select((t, i) => i % 3 == 0 ? (ushort)0 : t).ToArray();
            var decoded = factory.Preview(filled)!;
            for (var y = 0; y < side * 4; y++)
                for (var x = 0; x < side * 4; x++)
                    if (((y / 4 * side) + (x / 4)) % 3 != 0)
                        Assert.Equal(decoded[x, y], preview[x, y]);
        }
    }

    [Fact]
    public void APictureNotBegunIsAllGray()
    {
        using var tiny = new TinyModel();
        var preview = new PictureFactory(tiny.Model).Preview([.. Enumerable.Repeat((ushort)31, 36)])!;
        Assert.True(preview.SamePixels(Picture.Solid(24, 24, Gray)));
    }

    [Fact]
    public void AGridThatNoNetworkDecodesHasNoPreview()
    {
        using var tiny = new TinyModel();
        Assert.Null(new PictureFactory(tiny.Model).Preview(new ushort[35]));
        using var small = new TinyModel(superres: false);
        Assert.Null(new PictureFactory(small.Model).Preview(new ushort[144]));
        Assert.NotNull(new PictureFactory(small.Model).Preview(new ushort[36]));
    }

    [Fact]
    public void SuperResolutionOfAModelWithoutItIsRefused()
    {
        using var tiny = new TinyModel(superres: false);
        var factory = new PictureFactory(tiny.Model);
        using var prompt = factory.Encode("a");
        var request = new GenerationRequest { Prompt = "a" };
        Assert.Contains("tiny", Assert.Throws<InvalidOperationException>(() => factory.StartSuperres(request, new ushort[36], prompt, prompt)).Message, StringComparison.Ordinal);
    }
}
