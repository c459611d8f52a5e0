using MuseCluster.Generation.Decoding;

namespace MuseCluster.Generation.Tests.Decoding;

public sealed class MaskScheduleTests
{
    public static TheoryData<MaskSchedule> All => [.. Enum.GetValues<MaskSchedule>()];

    [Fact]
    public void ThereAreSeven() => Assert.Equal(
        ["cosine", "linear", "square", "cubic", "exponential", "square-root", "logarithmic"], MaskSchedules.Names);

    [Theory]
    [MemberData(nameof(All))]
    public void SharesFallFromOneToZero(MaskSchedule schedule)
    {
        foreach (var tokens in new[] { 1, 2, 16, 64, 256, 4096 })
        {
            // Exponential starts a token below all: 1 - 1/n.
            Assert.InRange(schedule.MaskedShare(0, tokens), 1 - (1.0 / Math.Max(2, tokens)), 1);
            Assert.Equal(0, schedule.MaskedShare(1, tokens), 1e-12);
            var last = 1.0;
            for (var i = 0; i <= 1000; i++)
            {
                var share = schedule.MaskedShare(i / 1000.0, tokens);
                Assert.InRange(share, 0, last);
                last = share;
            }
        }
    }

    [Theory]
    [InlineData(MaskSchedule.Cosine, 0.7071067811865476)]
    [InlineData(MaskSchedule.Linear, 0.5)]
    [InlineData(MaskSchedule.Square, 0.75)]
    [InlineData(MaskSchedule.Cubic, 0.875)]
    [InlineData(MaskSchedule.Exponential, 0.9375)]
    [InlineData(MaskSchedule.SquareRoot, 0.2928932188134524)]
    [InlineData(MaskSchedule.Logarithmic, 0.125)]
    public void HalfWayOf256TokensIsKnown(MaskSchedule schedule, double share) =>
        Assert.Equal(share, schedule.MaskedShare(0.5, 256), 1e-12);

    [Theory]
    [MemberData(nameof(All))]
    public void NamesReadBothWays(MaskSchedule schedule)
    {
        Assert.True(MaskSchedules.TryParse(schedule.Name(), out var parsed));
        Assert.Equal(schedule, parsed);
        Assert.Matches("^[a-z-]+$", schedule.Name());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Cosine")]
    [InlineData("squareroot")]
    [InlineData("0")]
    public void OtherNamesAreNone(string name) => Assert.False(MaskSchedules.TryParse(name, out _));

    [Fact]
    public void ANumberThatIsNoScheduleIsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ((MaskSchedule)7).MaskedShare(0.5, 16));
}
