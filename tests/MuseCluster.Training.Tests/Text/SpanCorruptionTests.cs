using System.ComponentModel.DataAnnotations;
using MuseCluster.Training.Text;

namespace MuseCluster.Training.Tests.Text;

public sealed class SpanCorruptionTests
{
    private const int Eos = 1;
    private static readonly IReadOnlyList<int> Sentinels = SpanCorruptionOptions.LastIds(500);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PuttingTheTargetsBackRestoresTheText(bool finalSentinel)
    {
        var corruption = new SpanCorruption(new() { Sentinels = Sentinels, FinalSentinel = finalSentinel });
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            int[] ids = Ids(random, random.Next(1, seed % 10 == 0 ? 600 : 30));
            CorruptedText text = corruption.Corrupt(ids, random.NextDouble);
            Assert.Equal(ids, Restore(text, finalSentinel));
        }
    }

    [Fact]
    public void TheEndOfATextIsOneSpan()
    {
        var corruption = new SpanCorruption(new() { Sentinels = Sentinels, FinalSentinel = false });

        var text = corruption.CutEnd([5, 6, 7], [8, 9]);

        Assert.Equal([5, 6, 7, 499, Eos], text.InputIds);
        Assert.Equal([499, 8, 9, Eos], text.TargetIds);
        Assert.Equal([5, 6, 7, 8, 9], Restore(text, finalSentinel: false));
        Assert.Throws<ArgumentException>(() => corruption.CutEnd([], [8]));
        Assert.Throws<ArgumentException>(() => corruption.CutEnd([5], []));
    }

    [Fact]
    public void SentinelsStandInOrderAndNeverSideBySide()
    {
        var corruption = new SpanCorruption(new() { Sentinels = Sentinels });
        for (int seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            CorruptedText text = corruption.Corrupt(Ids(random, random.Next(1, 100)), random.NextDouble);
            int[] inInput = [.. text.InputIds.Where(Sentinels.Contains)];
            Assert.Equal(Sentinels.Take(inInput.Length), inInput);
            Assert.Equal(Sentinels.Take(inInput.Length + 1), text.TargetIds.Where(Sentinels.Contains));
            foreach (int[] ids in new[] { text.InputIds, text.TargetIds })
                Assert.DoesNotContain(ids.Zip(ids.Skip(1)), pair => Sentinels.Contains(pair.First) && Sentinels.Contains(pair.Second));
            Assert.Equal(Eos, text.InputIds[^1]);
            Assert.Equal(Eos, text.TargetIds[^1]);
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(31)]
    [InlineData(512)]
    public void TheShareAndTheSpansAreAsAskedAndBothEndsAreTakenAlike(int length)
    {
        const int rounds = 4000;
        var corruption = new SpanCorruption(new() { Sentinels = Sentinels });
        var random = new Random(5);
        int[] ids = [.. Enumerable.Range(0, length).Select(i => 2 + (i % 300))];
        int taken = 0, spans = 0, first = 0, last = 0;
        for (int round = 0; round < rounds; round++)
        {
            CorruptedText text = corruption.Corrupt(ids, random.NextDouble);
            int sentinels = text.InputIds.Count(Sentinels.Contains);
            spans += sentinels;
            taken += length - (text.InputIds.Length - 1 - sentinels);
            first += Sentinels.Contains(text.InputIds[0]) ? 1 : 0;
            last += Sentinels.Contains(text.InputIds[^2]) ? 1 : 0;
        }

        double share = taken / (double)(rounds * length);
        Assert.InRange(share, 0.14, 0.16);
        if (length > 100) Assert.InRange(taken / (double)spans, 2.9, 3.1);
        double edge = 0.5 * (first + last) / rounds;
        Assert.InRange(edge, 0.02, 0.2);
        Assert.InRange(Math.Abs(first - last) / (double)rounds, 0, 0.03);
    }

    [Fact]
    public void EqualDrawsGiveEqualCorruption()
    {
        var corruption = new SpanCorruption(new() { Sentinels = Sentinels });
        int[] ids = Ids(new Random(1), 50);
        CorruptedText one = corruption.Corrupt(ids, new Random(7).NextDouble), two = corruption.Corrupt(ids, new Random(7).NextDouble);
        Assert.Equal(one.InputIds, two.InputIds);
        Assert.Equal(one.TargetIds, two.TargetIds);
        Assert.NotEqual(one.InputIds, corruption.Corrupt(ids, new Random(8).NextDouble).InputIds);
    }

    [Fact]
    public void FewSentinelsMakeFewSpans()
    {
        int[] sentinels = [90, 95, 80];
        var corruption = new SpanCorruption(new() { Sentinels = sentinels });
        var random = new Random(2);
        int[] ids = [.. Enumerable.Repeat(7, 200)];
        for (int round = 0; round < 100; round++)
        {
            CorruptedText text = corruption.Corrupt(ids, random.NextDouble);
            Assert.Equal([90, 95], text.InputIds.Where(sentinels.Contains));
            Assert.Equal([90, 95, 80], text.TargetIds.Where(sentinels.Contains));
        }
    }

    [Fact]
    public void OneTokenIsTakenWhole()
    {
        CorruptedText text = new SpanCorruption(new() { Sentinels = Sentinels }).Corrupt([42], () => 0.5);
        Assert.Equal([499, Eos], text.InputIds);
        Assert.Equal([499, 42, 498, Eos], text.TargetIds);
    }

    [Fact]
    public void TextsThatCannotBeCorruptedAreRefused()
    {
        var corruption = new SpanCorruption(new() { Sentinels = Sentinels });
        Assert.Throws<ArgumentException>("ids", () => corruption.Corrupt([], () => 0));
        Assert.Contains("ids[1] is 499, which is a sentinel", Assert.Throws<ArgumentException>(() => corruption.Corrupt([5, 499], () => 0)).Message);
        Assert.Contains("ids[2] is 1, which is eos", Assert.Throws<ArgumentException>(() => corruption.Corrupt([5, 6, 1], () => 0)).Message);
    }

    [Fact]
    public void WrongOptionsAreNamed()
    {
        AssertNames("NoiseDensity", new() { Sentinels = Sentinels, NoiseDensity = 1 });
        AssertNames("MeanSpanLength", new() { Sentinels = Sentinels, MeanSpanLength = 0.5 });
        AssertNames("Sentinels", new() { Sentinels = [9] });
        AssertNames("Sentinels", new() { Sentinels = [9, 9] });
        AssertNames("EosId", new() { Sentinels = [9, 1] });

        static void AssertNames(string name, SpanCorruptionOptions options) =>
            Assert.Contains(name, Assert.Throws<ValidationException>(() => new SpanCorruption(options)).Message);
    }

    private static int[] Ids(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(2, 400))];

    private static int[] Restore(CorruptedText text, bool finalSentinel)
    {
        var spans = new Dictionary<int, List<int>>();
        List<int> span = [];
        foreach (int id in text.TargetIds[..^1])
            if (Sentinels.Contains(id)) spans.Add(id, span = []);
            else span.Add(id);
        if (finalSentinel) Assert.Empty(span);
        return [.. text.InputIds[..^1].SelectMany(id => spans.TryGetValue(id, out var found) ? found : [id])];
    }
}
