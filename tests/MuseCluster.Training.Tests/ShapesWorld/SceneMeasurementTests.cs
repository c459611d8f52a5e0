using MuseCluster.Generation.Pictures;
using MuseCluster.Training.ShapesWorld;
using Xunit.Abstractions;

namespace MuseCluster.Training.Tests.ShapesWorld;

public class SceneMeasurementTests(ITestOutputHelper output)
{
    private static readonly SceneSampler[] Samplers = [new(101), new(102, new SceneSamplerOptions { Split = SceneSplit.HeldOut })];

    [Theory]
    [InlineData(128, 6000, 0.999)]
    [InlineData(64, 6000, 0.99)]
    [InlineData(256, 300, 0.999)]
    public void Drawn_scenes_measure_as_their_captions_say(int size, int scenes, double least) =>
        AssertRight(size, scenes, least, (picture, _) => picture);

    [Theory]
    [InlineData(128, 0.99)]
    [InlineData(64, 0.99)]
    public void Blur_and_noise_do_not_mislead(int size, double least) =>
        AssertRight(size, 2000, least, (picture, seed) => Distortion.Noise(Distortion.Blur(picture), 6, seed));

    [Theory]
    [InlineData(128, 1.5, 0.99)]
    [InlineData(64, 0.75, 0.99)]
    public void Wobbly_edges_do_not_mislead(int size, double amplitude, double least) =>
        AssertRight(size, 2000, least, (picture, seed) => Distortion.Wobble(picture, amplitude, seed));

    [Fact]
    public void Places_and_sizes_are_measured_to_a_fraction_of_a_pixel()
    {
        for (ulong i = 0; i < 200; i++)
        {
            var scene = Samplers[0].Sample(i).Scene;
            var measured = SceneMeasurement.Measure(SceneRenderer.Render(scene, 128));
            Assert.Equal(scene.Background, measured.Background);
            Assert.Equal(scene.Objects.Count, measured.Objects.Count);
            foreach (var item in scene.Objects)
            {
                double centroidY = item.Y + (item.Shape == Shape.Triangle ? item.HalfExtent / 3 : 0);
                var found = measured.Objects.MinBy(candidate => Math.Abs(candidate.X - item.X) + Math.Abs(candidate.Y - centroidY));
                Assert.Equal(item.X, found.X, 0.3 / 128);
                Assert.Equal(centroidY, found.Y, 0.6 / 128);
                Assert.Equal(item.HalfExtent, found.HalfExtent, 1.0 / 128);
                Assert.Equal((item.Shape, item.Color), (found.Shape, found.Color));
            }
        }
    }

    [Fact]
    public void An_edge_that_looks_like_a_third_colour_stays_part_of_its_object()
    {
        // Halfway between red and yellow lies orange.
        var scene = new Scene([new(Shape.Ring, PaletteColor.Red, 0.5, 0.5, 0.1)], PaletteColor.Yellow);
        var found = Assert.Single(SceneMeasurement.Measure(Distortion.Blur(SceneRenderer.Render(scene, 64))).Objects);
        Assert.Equal((Shape.Ring, PaletteColor.Red), (found.Shape, found.Color));
    }

    [Fact]
    public void Specks_are_no_objects()
    {
        var canvas = new PictureCanvas(128, 128, PaletteColor.White.Rgb());
        canvas.Fill(10, 10, 8, 8, PaletteColor.Blue.Rgb());
        canvas.Fill(60, 60, 9, 9, PaletteColor.Red.Rgb());
        Assert.Equal(PaletteColor.Red, Assert.Single(SceneMeasurement.Measure(canvas.ToPicture()).Objects).Color);
    }

    [Fact]
    public void Figures_that_are_none_of_the_shapes_have_no_shape()
    {
        Assert.Null(ShapeOf((u, v) => Math.Abs(u) < (1 - v) / 2));
        Assert.Null(ShapeOf((u, v) => Math.Abs(v) < (1 - u) / 2));
        Assert.Null(ShapeOf((_, v) => Math.Abs(v) < 0.5));
        Assert.Null(ShapeOf((u, v) => (u * u) + (4 * v * v) < 1));
        Assert.Null(ShapeOf((u, v) => Math.Abs(u - v) < 0.4 || Math.Abs(u + v) < 0.4));
        Assert.Null(ShapeOf((u, v) => u < 0 || v > 0));
        Assert.Null(ShapeOf((u, v) => Math.Max(Math.Abs(u), Math.Abs(v)) > 0.55));
        Assert.Null(ShapeOf((u, v) => (u * u) + (v * v) < 1 && v < 0));
        Assert.Equal(Shape.Circle, ShapeOf((u, v) => (u * u) + (v * v) < 1));
    }

    [Fact]
    public void An_empty_picture_has_a_background_and_no_objects()
    {
        var measured = SceneMeasurement.Measure(Picture.Solid(64, 64, new(40, 150, 50)));
        Assert.Equal(PaletteColor.Green, measured.Background);
        Assert.Empty(measured.Objects);
        Assert.Throws<ArgumentException>(() => SceneMeasurement.Measure(Picture.Solid(15, 64, default)));
    }

    [Fact]
    public void Noise_pictures_are_measured_without_error()
    {
        for (ulong i = 0; i < 50; i++)
            Assert.NotNull(SceneMeasurement.Measure(Distortion.Noise(Picture.Solid(64, 48, new(128, 128, 128)), 127, i)));
    }

    private static Shape? ShapeOf(Func<double, double, bool> inside)
    {
        var canvas = new PictureCanvas(128, 128, PaletteColor.White.Rgb());
        for (int y = 0; y < 60; y++)
        {
            for (int x = 0; x < 60; x++)
            {
                if (inside((x - 29.5) / 30, (y - 29.5) / 30))
                    canvas.Fill(34 + x, 34 + y, 1, 1, PaletteColor.Blue.Rgb());
            }
        }

        return Assert.Single(SceneMeasurement.Measure(canvas.ToPicture()).Objects).Shape;
    }

    private void AssertRight(int size, int scenes, double least, Func<Picture, ulong, Picture> distort)
    {
        var tally = new ClaimTally();
        for (int i = 0; i < scenes; i++)
        {
            var (scene, caption) = Samplers[i % 2].Sample((ulong)i);
            var picture = distort(SceneRenderer.Render(scene, size), (ulong)i);
            tally.Add(ClaimCheck.Check(caption, SceneMeasurement.Measure(picture)));
        }

        output.WriteLine($"{size}x{size}: all {tally.All}, shape {tally.Shape}, colour {tally.Color}, count {tally.Count}");
        Assert.InRange(tally.All.Rate, least, 1);
    }
}
