using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Training.ShapesWorld;
using MuseCluster.Training.Stages;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Tests.Stages;

public sealed class CodeNeighborsTests
{
    private const int Codes = 64;

    [Fact]
    public void Damaged_codes_become_near_ones_and_never_stay_or_leave_the_codebook()
    {
        using var quantizer = OnALine();
        var neighbors = new CodeNeighbors(quantizer);
        var random = new SceneRandom(1, 1);
        var changed = 0;
        for (var round = 0; round < 50; round++)
        {
            var grid = Enumerable.Range(0, Codes).Select(i => (long)i).ToArray();
            neighbors.Damage(grid, 1, ref random);
            for (var i = 0; i < Codes; i++)
            {
                Assert.InRange(grid[i], 0, Codes - 1);

                // A sixteenth of the codes are neighbours: 4 on a line lie within 4 places, also for the codes at its ends.
                Assert.InRange(Math.Abs(grid[i] - i), 0, 4);
                changed += grid[i] == i ? 0 : 1;
            }
        }

        // The share is uniform in [0, 1], and a replaced code is never the code itself.
        Assert.InRange(changed / (50.0 * Codes), 0.35, 0.65);
    }

    [Fact]
    public void A_share_of_zero_leaves_the_grid_alone()
    {
        using var quantizer = OnALine();
        var random = new SceneRandom(1, 1);
        long[] grid = [3, 1, 4, 1, 5];
        new CodeNeighbors(quantizer).Damage(grid, 0, ref random);
        Assert.Equal([3, 1, 4, 1, 5], grid);
    }

    private static VectorQuantizer OnALine()
    {
        var quantizer = new VectorQuantizer(Codes, 1);
        using var guard = no_grad();
        using var line = arange(Codes, float32).view(Codes, 1);
        quantizer.codebook.copy_(line);
        return quantizer;
    }
}
