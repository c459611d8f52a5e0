using MuseCluster.Generation.Pictures;
using MuseCluster.Training.ShapesWorld;

namespace MuseCluster.Training.Tests.ShapesWorld;

public class SceneRendererTests
{
    private static readonly Rgb Red = new(214, 39, 40);
    private static readonly Rgb White = new(250, 250, 250);

    private static Scene One(Shape shape, double x = 0.5, double y = 0.5, double r = 0.25) =>
        new([new SceneObject(shape, PaletteColor.Red, x, y, r)], PaletteColor.White);

    /// <summary>The area that is red, as a share of the picture, edge pixels counting by their mix.</summary>
    private static double RedShare(Picture picture)
    {
        double sum = 0;
        for (int i = 1; i < picture.Pixels.Length; i += 3)
            sum += (250.0 - picture.Pixels[i]) / (250 - 39);
        return sum / (picture.Width * picture.Height);
    }

    [Theory]
    [InlineData(Shape.Circle, Math.PI)]
    [InlineData(Shape.Square, 4)]
    [InlineData(Shape.Triangle, 2)]
    [InlineData(Shape.Diamond, 2)]
    [InlineData(Shape.Ring, Math.PI * (1 - (0.55 * 0.55)))]
    [InlineData(Shape.Cross, (2 * 1.4) - 0.49)]
    public void Each_shape_has_its_area_at_any_resolution(Shape shape, double areaPerSquaredRadius)
    {
        foreach (int size in new[] { 64, 128, 300 })
            Assert.Equal(areaPerSquaredRadius * 0.2 * 0.2, RedShare(SceneRenderer.Render(One(shape, 0.47, 0.53, 0.2), size)), 0.0012);
    }

    [Fact]
    public void Pixels_stand_where_the_shapes_rules_put_them()
    {
        var square = SceneRenderer.Render(One(Shape.Square), 64);
        Assert.Equal([White, Red, Red, White], [square[15, 16], square[16, 16], square[47, 47], square[48, 47]]);

        var triangle = SceneRenderer.Render(One(Shape.Triangle), 64);
        Assert.Equal([White, Red, Red, Red, White], [triangle[20, 20], triangle[32, 20], triangle[18, 46], triangle[45, 46], triangle[32, 48]]);

        var diamond = SceneRenderer.Render(One(Shape.Diamond), 64);
        Assert.Equal([Red, Red, White], [diamond[32, 18], diamond[18, 32], diamond[20, 20]]);

        var ring = SceneRenderer.Render(One(Shape.Ring), 64);
        Assert.Equal([White, White, Red, Red], [ring[32, 32], ring[32 + 7, 32], ring[32 + 10, 32], ring[32, 17]]);

        var cross = SceneRenderer.Render(One(Shape.Cross), 64);
        Assert.Equal([Red, Red, White, White], [cross[32, 17], cross[46, 32], cross[32 + 7, 20], cross[20, 32 - 7]]);

        var circle = SceneRenderer.Render(One(Shape.Circle), 64);
        Assert.Equal([Red, Red, White], [circle[32, 16], circle[32 + 10, 32 + 10], circle[32 + 12, 32 + 12]]);
    }

    [Fact]
    public void An_edge_through_the_middle_of_a_pixel_mixes_half_of_each_colour()
    {
        var picture = SceneRenderer.Render(One(Shape.Square, x: 0.5 + (0.5 / 64)), 64);
        Assert.Equal(new Rgb(232, 145, 145), picture[16, 32]);
        Assert.Equal(new Rgb(232, 145, 145), picture[48, 32]);
        Assert.Equal((White, Red), (picture[15, 32], picture[17, 32]));
    }

    [Fact]
    public void Doubling_the_resolution_shows_the_same_scene()
    {
        var sampler = new SceneSampler(2);
        for (ulong i = 0; i < 50; i++)
        {
            var scene = sampler.Sample(i).Scene;
            var small = SceneRenderer.Render(scene, 64);
            var large = SceneRenderer.Render(scene, 128).ResizeBox(64, 64);
            for (int p = 0; p < small.Pixels.Length; p++)
                Assert.InRange(Math.Abs(small.Pixels[p] - large.Pixels[p]), 0, 24);
        }
    }

    [Fact]
    public void Planes_hold_the_very_bytes()
    {
        var sampler = new SceneSampler(2);
        var planes = new float[3 * 64 * 64];
        for (ulong i = 0; i < 200; i++)
        {
            var scene = sampler.Sample(i).Scene;
            var picture = SceneRenderer.Render(scene, 64);
            SceneRenderer.Render(scene, 64, planes);
            var expected = new float[planes.Length];
            PlanarPicture.Write(picture, expected);
            Assert.Equal(expected, planes);
        }
    }

    [Fact]
    public void A_drawn_scene_never_changes()
    {
        ulong hash = 14695981039346656037;
        foreach (byte value in SceneRenderer.Render(new SceneSampler(1).Sample(9).Scene, 64).Pixels)
            hash = (hash ^ value) * 1099511628211;
        Assert.Equal(9076173611027840959UL, hash);
    }

    [Fact]
    public void Buffers_of_other_lengths_are_refused()
    {
        Assert.Contains("12288 values, not 12287", Assert.Throws<ArgumentException>(() => SceneRenderer.Render(One(Shape.Ring), 64, new byte[12287])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SceneRenderer.Render(One(Shape.Ring), 64, new float[12289]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SceneRenderer.Render(One(Shape.Ring), 0));
    }
}
