using MuseCluster.Training.ShapesWorld;
using MuseCluster.Training.Stages;

namespace MuseCluster.Training.Tests.Stages;

public sealed class MaskSamplerTests
{
    private const int Draws = 20_000;

    [Fact]
    public void TheMaskedShareFollowsTheArccosLaw()
    {
        const int Tokens = 1024;
        var mask = new bool[Tokens];
        var shares = new double[Draws];
        for (var i = 0; i < Draws; i++)
        {
            var random = new SceneRandom(1, (ulong)i);
            MaskSampler.Draw(ref random, 1, mask);
            shares[i] = mask.Count(m => m) / (double)Tokens;
        }
        Array.Sort(shares);

        // Shares are rounded up to whole tokens: the law is met within one.
        var distance = 0.0;
        for (var i = 0; i < Draws; i++)
        {
            distance = Math.Max(distance, ((i + 1.0) / Draws) - Law(shares[i]));
            distance = Math.Max(distance, Law(shares[i] - (1.0 / Tokens)) - (i / (double)Draws));
        }
        Assert.True(distance < 1.63 / Math.Sqrt(Draws), $"Kolmogorov-Smirnov distance {distance}");
        Assert.Equal(2 / Math.PI, shares.Average(), 0.01);

        // The integral of 2 / (pi sqrt(1 - x^2)).
        static double Law(double share) => 1 - (2 / Math.PI * Math.Acos(Math.Clamp(share, 0, 1)));
    }

    [Fact]
    public void PlacesAreUniform_AndIndependentOfOneAnother()
    {
        const int Tokens = 16;
        var mask = new bool[Tokens];
        var (single, pairs, total) = (new int[Tokens], new int[Tokens], 0L);
        for (var i = 0; i < Draws; i++)
        {
            var random = new SceneRandom(2, (ulong)i);
            MaskSampler.Draw(ref random, 1, mask);
            for (var p = 0; p < Tokens; p++)
            {
                single[p] += mask[p] ? 1 : 0;
                pairs[p] += mask[p] && mask[(p + 1) % Tokens] ? 1 : 0;
            }
            total += mask.Count(m => m);
        }
        var expected = total / (double)Tokens;
        Assert.All(single, s => Assert.InRange(s, expected - (5 * Math.Sqrt(expected / 3)), expected + (5 * Math.Sqrt(expected / 3))));
        Assert.All(pairs, p => Assert.InRange(p, pairs.Average() * 0.95, pairs.Average() * 1.05));
    }

    [Fact]
    public void AScaleShrinksTheShare()
    {
        var (whole, part) = (new bool[1000], new bool[1000]);
        for (var i = 0; i < 200; i++)
        {
            var (random, same) = (new SceneRandom(4, (ulong)i), new SceneRandom(4, (ulong)i));
            MaskSampler.Draw(ref random, 1, whole);
            MaskSampler.Draw(ref same, 0.25, part);
            Assert.Equal(whole.Count(m => m) / 4.0, part.Count(m => m), 1.0);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(64)]
    public void AtLeastOneTokenIsMasked(int tokens)
    {
        var mask = new bool[tokens];
        for (var i = 0; i < 2000; i++)
        {
            var random = new SceneRandom(3, (ulong)i);
            MaskSampler.Draw(ref random, 1, mask);
            Assert.Contains(true, mask);
        }
    }

    [Fact]
    public void ARegionIsOneRectangleOfAnySizeAtAnyPlace()
    {
        const int Side = 8;
        var mask = new bool[Side * Side];
        var (sizes, covered) = (new Dictionary<(int Width, int Height), int>(), new int[Side * Side]);
        for (var i = 0; i < Draws; i++)
        {
            var random = new SceneRandom(3, (ulong)i);
            MaskSampler.DrawRegion(ref random, Side, mask);
            var masked = Enumerable.Range(0, mask.Length).Where(t => mask[t]).ToList();
            var (width, height) = (1 + masked.Max(t => t % Side) - masked.Min(t => t % Side), 1 + masked.Max(t => t / Side) - masked.Min(t => t / Side));
            Assert.Equal(width * height, masked.Count);
            sizes[(width, height)] = sizes.GetValueOrDefault((width, height)) + 1;
            masked.ForEach(t => covered[t]++);
        }
        Assert.Equal(Side * Side, sizes.Count);
        Assert.All(sizes.Values, n => Assert.InRange(n, 200, 430));

        // A grid is the same seen from any corner.
        Assert.Equal(1, covered[0] / (double)covered[^1], 0.1);
        Assert.Equal(1, covered[Side - 1] / (double)covered[^Side], 0.1);
    }
}
