using MuseCluster.Training.ShapesWorld;
using MuseCluster.Training.Stages;

namespace MuseCluster.Training.Tests.Stages;

public sealed class GridDamageTests
{
    private const int Side = 8;
    private static readonly ushort[] Numbered = [.. Enumerable.Range(0, Side * Side).Select(i => (ushort)i)];

    [Fact]
    public void Damaged_tokens_come_from_the_next_place_at_one_of_four_sides()
    {
        var random = new SceneRandom(1, 1);
        var damaged = new long[Numbered.Length];
        var moved = 0;
        for (var round = 0; round < 50; round++)
        {
            GridDamage.Copy(Numbered, 1, ref random, damaged);
            for (var i = 0; i < damaged.Length; i++)
            {
                var (dx, dy) = (Math.Abs((damaged[i] % Side) - (i % Side)), Math.Abs((damaged[i] / Side) - (i / Side)));
                Assert.InRange(dx + dy, 0, 1);
                moved += (int)(dx + dy);
            }
        }

        // The share is uniform in [0, 1]; at the border a side that is missing leaves the token alone.
        Assert.InRange(moved / (50.0 * damaged.Length), 0.3, 0.6);
    }

    [Fact]
    public void A_share_of_zero_leaves_the_grid_alone()
    {
        var random = new SceneRandom(1, 1);
        var damaged = new long[Numbered.Length];
        GridDamage.Copy(Numbered, 0, ref random, damaged);
        Assert.Equal(Numbered.Select(code => (long)code), damaged);
    }
}
