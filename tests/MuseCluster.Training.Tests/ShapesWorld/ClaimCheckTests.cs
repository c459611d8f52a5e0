using MuseCluster.Training.ShapesWorld;

namespace MuseCluster.Training.Tests.ShapesWorld;

public class ClaimCheckTests
{
    private static readonly SceneObject Circle = new(Shape.Circle, PaletteColor.Red, 0.3, 0.25, 0.16);
    private static readonly SceneObject Square = new(Shape.Square, PaletteColor.Blue, 0.35, 0.75, 0.16);

    private static ClaimResult Check(string text, PaletteColor background, params SceneObject[] objects)
    {
        Assert.True(Caption.TryParse(text, out var caption, out string? error), error);
        return ClaimCheck.Check(caption, SceneMeasurement.Measure(SceneRenderer.Render(new Scene(objects, background), 128)));
    }

    [Fact]
    public void A_right_picture_fulfils_every_claim()
    {
        var result = Check("a red circle above a blue square on a green background", PaletteColor.Green, Circle, Square);
        Assert.Equal(new ClaimResult(true, true, true, true, true), result);
        Assert.True(result.All);
    }

    [Fact]
    public void Each_wrong_picture_fails_its_own_claim_only()
    {
        const string Text = "a red circle above a blue square on a green background";
        var right = new ClaimResult(true, true, true, true, true);

        Assert.Equal(right with { Color = false }, Check(Text, PaletteColor.Green, Circle with { Color = PaletteColor.Purple }, Square));
        Assert.Equal(right with { Shape = false }, Check(Text, PaletteColor.Green, Circle with { Shape = Shape.Diamond }, Square));
        Assert.Equal(right with { Count = false }, Check(Text, PaletteColor.Green, Circle, Square, Square with { X = 0.8 }));
        Assert.Equal(right with { Relation = false }, Check(Text, PaletteColor.Green, Circle with { Y = 0.75 }, Square with { Y = 0.25 }));
        Assert.Equal(right with { Relation = false }, Check(Text, PaletteColor.Green, Circle with { X = 0.2 }, Square with { X = 0.8, Y = 0.3 }));
        Assert.Equal(right with { Background = false }, Check(Text, PaletteColor.White, Circle, Square));
    }

    [Fact]
    public void Swapped_colours_fail_the_shapes_for_no_pair_is_right()
    {
        var result = Check("a red circle and a blue square", PaletteColor.White, Circle with { Color = PaletteColor.Blue }, Square with { Color = PaletteColor.Red });
        Assert.Equal(new ClaimResult(true, false, true, null, null), result);
        Assert.False(result.All);
    }

    [Fact]
    public void A_missing_object_fails_colour_shape_count_and_relation()
    {
        Assert.Equal(new ClaimResult(false, false, false, false, null), Check("a red circle above a blue square", PaletteColor.White, Circle));
        Assert.Equal(new ClaimResult(false, false, false, null, null), Check("a red circle", PaletteColor.White));
    }

    [Fact]
    public void Counting_compares_with_the_number_named()
    {
        var circles = new[] { Circle, Circle with { X = 0.75 }, Circle with { Y = 0.75 } };
        Assert.True(Check("three red circles", PaletteColor.White, circles).All);
        Assert.Equal(new ClaimResult(true, true, false, null, null), Check("four red circles", PaletteColor.White, circles));
        Assert.Equal(new ClaimResult(true, true, false, null, null), Check("a red circle", PaletteColor.White, circles));
    }

    [Fact]
    public void An_object_of_two_colours_has_the_wrong_one()
    {
        var canvas = new MuseCluster.Generation.Pictures.PictureCanvas(128, 128, PaletteColor.White.Rgb());
        canvas.Fill(40, 40, 40, 22, PaletteColor.Red.Rgb());
        canvas.Fill(40, 62, 40, 18, PaletteColor.Blue.Rgb());
        Assert.True(Caption.TryParse("a red square", out var caption, out _));
        var result = ClaimCheck.Check(caption, SceneMeasurement.Measure(canvas.ToPicture()));
        Assert.False(result.Color);
    }

    [Theory]
    [InlineData("a red circle below a blue square", false)]
    [InlineData("a red circle under a blue square", false)]
    [InlineData("a blue square below a red circle", true)]
    [InlineData("a red circle over a blue square", true)]
    [InlineData("a red circle to the left of a blue square", false)]
    [InlineData("a blue square right of a red circle", false)]
    public void Relations_are_read_from_the_first_object(string text, bool holds) =>
        Assert.Equal(holds, Check(text, PaletteColor.White, Circle, Square).Relation);

    [Fact]
    public void Random_scenes_do_not_fulfil_other_scenes_captions()
    {
        var sampler = new SceneSampler(55);
        for (ulong i = 0; i < 300; i++)
        {
            var (_, caption) = sampler.Sample(i);
            var (scene, own) = sampler.Sample(i + 1);
            var claims = caption.Objects.Select(claim => claim with { Size = ObjectSize.Medium }).ToHashSet();
            if (claims.SetEquals(own.Objects.Select(claim => claim with { Size = ObjectSize.Medium })))
                continue;
            Assert.False(ClaimCheck.Check(caption, SceneMeasurement.Measure(SceneRenderer.Render(scene, 64))).All, $"{caption.Text} / {own.Text}");
        }
    }

    [Fact]
    public void A_tally_counts_only_the_claims_that_are_made()
    {
        var tally = new ClaimTally();
        tally.Add(new ClaimResult(true, false, true, null, false));
        tally.Add(new ClaimResult(true, true, true, true, null));
        Assert.Equal(new WilsonInterval(2, 2), tally.Color);
        Assert.Equal(new WilsonInterval(1, 2), tally.Shape);
        Assert.Equal(new WilsonInterval(1, 1), tally.Relation);
        Assert.Equal(new WilsonInterval(0, 1), tally.Background);
        Assert.Equal(new WilsonInterval(1, 2), tally.All);
    }

    [Theory]
    [InlineData(50, 100, 0.4038, 0.5962)]
    [InlineData(93, 100, 0.8625, 0.9657)]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(10, 10, 0.7225, 1)]
    [InlineData(0, 0, 0, 1)]
    public void Wilson_intervals_match_published_values(int successes, int trials, double low, double high)
    {
        var interval = new WilsonInterval(successes, trials);
        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }

    [Fact]
    public void Intervals_are_written_in_percent()
    {
        Assert.Equal("93.0 % [86.3, 96.6]", new WilsonInterval(93, 100).ToString());
        Assert.Equal("none", new WilsonInterval(0, 0).ToString());
    }
}
