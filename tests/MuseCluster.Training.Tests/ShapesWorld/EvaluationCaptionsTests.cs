using MuseCluster.Training.ShapesWorld;

namespace MuseCluster.Training.Tests.ShapesWorld;

public class EvaluationCaptionsTests
{
    private static readonly IReadOnlyList<EvaluationCaption> Default = EvaluationCaptions.Create();

    [Fact]
    public void Each_kind_has_a_hundred_without_and_all_together_a_hundred_with_a_background()
    {
        foreach (var kind in Enum.GetValues<CaptionKind>())
            Assert.Equal(100, Default.Count(item => item.Caption.Kind == kind && item.Caption.Background is null));
        Assert.Equal(100, Default.Count(item => item.Caption.Background is not null));
        Assert.Equal(500, Default.Count);
    }

    [Fact]
    public void Half_of_each_group_is_of_held_out_pairs()
    {
        Assert.All(Default, item => Assert.Equal(item.Split == SceneSplit.HeldOut, HeldOut.Touches(item.Caption)));
        Assert.All(Default.GroupBy(item => item.Caption.Background is null ? (int)item.Caption.Kind : 0), group =>
            Assert.Equal(50, group.Count(item => item.Split == SceneSplit.HeldOut)));
    }

    [Fact]
    public void The_list_is_fixed_by_its_seed_and_its_texts_differ()
    {
        Assert.Equal(Default.Select(item => item.Caption.Text), EvaluationCaptions.Create().Select(item => item.Caption.Text));
        Assert.NotEqual(Default.Select(item => item.Caption.Text), EvaluationCaptions.Create(seed: 1).Select(item => item.Caption.Text));
        Assert.Equal(500, Default.Select(item => item.Caption.Text).Distinct().Count());
    }

    [Fact]
    public void Positions_place_the_scenes_and_change_no_caption()
    {
        double[] positions = [0.3125, 0.6875];
        var placed = EvaluationCaptions.Create(positions: positions);
        Assert.Equal(Default.Select(item => item.Caption.Text), placed.Select(item => item.Caption.Text));
        Assert.All(placed, item => Assert.True(item.Scene.Objects.All(o => positions.Contains(o.X)) || item.Scene.Objects.All(o => positions.Contains(o.Y))));
    }

    [Fact]
    public void A_group_with_too_few_different_texts_repeats_them() =>
        Assert.Equal(4 * 401, EvaluationCaptions.Create(perKind: 401, withBackground: 0).Count);
}
