using MuseCluster.Cli.Commands;

namespace MuseCluster.Cli.Tests.Commands;

public sealed class SpelledTests
{
    private static readonly string[] Flags = ["--seed", "--steps", "--sr-steps", "--schedule", "--guidance", "--out"];

    [Theory]
    [InlineData("--sede", "--seed")]
    [InlineData("--step", "--steps")]
    [InlineData("--guidence", "--guidance")]
    [InlineData("--guid", "--guidance")]
    [InlineData("--sr-step", "--sr-steps")]
    [InlineData("--SEED", "--seed")]
    [InlineData("--height", null)]
    [InlineData("-", null)]
    [InlineData("", null)]
    public void TheNearestWordIsFoundOrNone(string typed, string? expected) => Assert.Equal(expected, Spelled.Nearest(typed, Flags));

    [Fact]
    public void ListsReadAsSentencesDo()
    {
        Assert.Equal("", Spelled.List([], "or"));
        Assert.Equal("a", Spelled.List(["a"], "or"));
        Assert.Equal("a or b", Spelled.List(["a", "b"], "or"));
        Assert.Equal("a, b and c", Spelled.List(["a", "b", "c"], "and"));
    }
}
