using MuseCluster.Training.ShapesWorld;

namespace MuseCluster.Training.Stages;

/// <summary>
/// Damages grids the way a base model errs: an outline lies a token off. A super-resolution model that saw only true grids
/// believes every token; one that saw damaged ones asks the text (conditioning augmentation; Saharia et al.,
/// arXiv 2205.11487, section 2.4, with tokens moved in place of noise on pixels).
/// </summary>
internal static class GridDamage
{
    private static readonly (int X, int Y)[] Sides = [(-1, 0), (1, 0), (0, -1), (0, 1)];

    /// <summary>Copies a grid, some tokens taken from the next one above, below, left or right, each with a probability drawn for the grid.</summary>
    /// <param name="grid">A square grid in row-major order.</param>
    /// <param name="most">The highest probability.</param>
    /// <param name="random">Where the choices come from.</param>
    /// <param name="damaged">Receives the copy.</param>
    internal static void Copy(ReadOnlySpan<ushort> grid, double most, ref SceneRandom random, Span<long> damaged)
    {
        var side = (int)Math.Sqrt(grid.Length);
        var share = random.NextUnit() * most;
        for (var i = 0; i < grid.Length; i++)
        {
            var (x, y) = (i % side, i / side);
            if (random.NextChance(share))
            {
                var (dx, dy) = random.Pick(Sides);
                (x, y) = (Math.Clamp(x + dx, 0, side - 1), Math.Clamp(y + dy, 0, side - 1));
            }
            damaged[i] = grid[(y * side) + x];
        }
    }
}
