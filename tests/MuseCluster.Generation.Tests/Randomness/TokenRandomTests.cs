using FsCheck;
using FsCheck.Fluent;
using MuseCluster.Generation.Randomness;

namespace MuseCluster.Generation.Tests.Randomness;

public sealed class TokenRandomTests
{
    [Fact]
    public void NumbersLieStrictlyBetweenZeroAndOne_AndTheirNoiseIsFinite()
    {
        Prop.ForAll(
            (from seed in ArbMap.Default.GeneratorFor<ulong>() from picture in ArbMap.Default.GeneratorFor<uint>() from position in Gen.Choose(0, 4095) select (seed, picture, position)).ToArbitrary(),
            key =>
            {
                var (token, noise) = new TokenRandom(key.seed, key.picture, 1).Draw(key.position % 24, key.position);
                return token is > 0 and < 1 && noise is > 0 and < 1 && double.IsFinite(TokenRandom.Gumbel(noise));
            }).QuickCheckThrowOnFailure();

        // The ends of 24 random bits, which no draw of a test would meet.
        Assert.True(double.IsFinite(TokenRandom.Gumbel(0.5f / (1 << 24))));
        Assert.True(double.IsFinite(TokenRandom.Gumbel(1f - (1f / (1 << 24)))));
    }

    [Fact]
    public void SeedPictureStageStepAndPositionEachGiveNumbersOfTheirOwn()
    {
        var draws = new HashSet<(float, float)>();
        var made = 0;
        foreach (var seed in new ulong[] { 0, 1, 1UL << 32, ulong.MaxValue })
            foreach (var picture in new uint[] { 0, 1, 7, uint.MaxValue })
                foreach (var stage in new uint[] { 0, 1 })
                    for (var step = 0; step < 4; step++)
                        for (var position = 0; position < 8; position++, made++)
                            draws.Add(new TokenRandom(seed, picture, stage).Draw(step, position));
        Assert.Equal(made, draws.Count);
    }

    [Fact]
    public void ADrawDependsOnNothingDrawnBefore()
    {
        var random = new TokenRandom(3, 4, 1);
        var first = random.Draw(2, 9);
        random.Draw(0, 0);
        Assert.Equal(first, new TokenRandom(3, 4, 1).Draw(2, 9));
    }

    [Fact]
    public void NumbersAreUniform_AndTheTwoAreIndependent()
    {
        const int Count = 40_000;
        var random = new TokenRandom(20, 0, 0);
        var draws = Enumerable.Range(0, Count).Select(i => random.Draw(i / 1024, i % 1024)).ToArray();

        foreach (var values in new[] { draws.Select(d => (double)d.Token), draws.Select(d => (double)d.Noise) })
        {
            var sorted = values.Order().ToArray();
            var distance = sorted.Select((v, i) => Math.Max(Math.Abs(v - (i / (double)Count)), Math.Abs(v - ((i + 1) / (double)Count)))).Max();
            Assert.True(distance < 1.63 / Math.Sqrt(Count), $"Kolmogorov-Smirnov distance {distance}");
        }
        var correlation = draws.Average(d => (d.Token - 0.5) * (d.Noise - 0.5)) * 12;
        var neighbours = draws.Zip(draws.Skip(1), (a, b) => (a.Token - 0.5) * (b.Token - 0.5)).Average() * 12;
        Assert.InRange(correlation, -0.02, 0.02);
        Assert.InRange(neighbours, -0.02, 0.02);
    }

    [Fact]
    public void GumbelNoiseHasItsMeanAndVariance()
    {
        var random = new TokenRandom(21, 0, 0);
        var noise = Enumerable.Range(0, 40_000).Select(i => TokenRandom.Gumbel(random.Draw(0, i).Noise)).ToArray();
        var mean = noise.Average();
        Assert.Equal(0.5772, mean, 0.02);
        Assert.Equal(Math.PI * Math.PI / 6, noise.Average(n => (n - mean) * (n - mean)), 0.05);
    }
}
