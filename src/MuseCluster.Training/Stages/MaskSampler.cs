using MuseCluster.Training.ShapesWorld;

namespace MuseCluster.Training.Stages;

/// <summary>
/// Draws which tokens of a grid are masked. Scattered: the share is cos(pi r / 2) with r uniform, whose density is
/// 2 / (pi sqrt(1 - share^2)), the arccos law of Muse, section 2.6, times a scale; the places are uniform.
/// </summary>
internal static class MaskSampler
{
    /// <summary>Draws one mask.</summary>
    /// <param name="random">Where the choices come from.</param>
    /// <param name="scale">What the share is multiplied by, above 0 and at most 1.</param>
    /// <param name="mask">Receives true at masked tokens; at least one is.</param>
    internal static void Draw(ref SceneRandom random, double scale, Span<bool> mask)
    {
        var share = scale * Math.Cos(Math.PI / 2 * random.NextUnit());
        var count = Math.Clamp((int)Math.Ceiling(share * mask.Length), 1, mask.Length);

        // Selection sampling: each token is taken with the probability that keeps the count exact.
        var left = count;
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] = random.Next(mask.Length - i) < left;
            if (mask[i])
                left--;
        }
    }

    /// <summary>Draws one mask that is a rectangle, its sides and its place uniform.</summary>
    /// <param name="random">Where the choices come from.</param>
    /// <param name="side">Tokens along a side of the grid.</param>
    /// <param name="mask">Receives true at masked tokens, in row-major order.</param>
    internal static void DrawRegion(ref SceneRandom random, int side, Span<bool> mask)
    {
        var (width, height) = (1 + random.Next(side), 1 + random.Next(side));
        var (left, top) = (random.Next(side - width + 1), random.Next(side - height + 1));
        for (var i = 0; i < mask.Length; i++)
        {
            var (x, y) = (i % side, i / side);
            mask[i] = x >= left && x < left + width && y >= top && y < top + height;
        }
    }
}
