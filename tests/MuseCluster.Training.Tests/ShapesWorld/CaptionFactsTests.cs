using MuseCluster.Training.ShapesWorld;
using Xunit;

namespace MuseCluster.Training.Tests.ShapesWorld;

public sealed class CaptionFactsTests
{
    [Theory]
    [InlineData("a red circle above a blue box", "above circle red", "below blue square")]
    [InlineData("a red ring to the left of a red cross", "left red ring", "cross red right")]
    [InlineData("a red circle and a blue square", "circle red", "blue square")]
    [InlineData("4 small red rings", "four red ring small")]
    [InlineData("a large red ring on a white background", "large red ring", "background white")]
    public void Each_thing_is_told_with_all_its_words_in_every_order(string text, params string[] things)
    {
        Assert.True(Caption.TryParse(text, out var caption, out _));
        var expected = things.Select(Sorted).Order(StringComparer.Ordinal).ToList();
        var told = new HashSet<string>();
        for (var i = 0UL; i < 2000; i++)
        {
            var random = new SceneRandom(3, i);
            var facts = CaptionFacts.Write([caption], ref random);
            told.Add(facts);
            Assert.Equal(expected, facts.Split(" and ").Select(Sorted).Order(StringComparer.Ordinal));
        }

        var orders = things.Select(thing => Factorial(thing.Split(' ').Length)).Aggregate(Factorial(things.Length), (a, b) => a * b);
        Assert.Equal(orders, told.Count);
    }

    private static string Sorted(string words) => string.Join(' ', words.Split(' ').Order(StringComparer.Ordinal));

    private static int Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);
}
