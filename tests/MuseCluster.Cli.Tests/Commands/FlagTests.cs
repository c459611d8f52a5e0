using System.CommandLine;
using MuseCluster.Cli.Commands;

namespace MuseCluster.Cli.Tests.Commands;

public sealed class FlagTests
{
    [Theory]
    [InlineData("2.5", 2.5)]
    [InlineData("-1", -1.0)]
    [InlineData("1e1", 10.0)]
    [InlineData("NaN", null)]
    [InlineData("Infinity", null)]
    [InlineData("2,5", null)]
    [InlineData("", null)]
    [InlineData(" 2", null)]
    [InlineData("10.01", null)]
    public void ADecimalNumberIsReadWithinItsBounds(string text, double? expected) =>
        Check(Flag.Number("--guidance", "Guidance.", -1.0, 10.0), text, expected, "a number from -1 to 10");

    [Theory]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("0", 0ul)]
    [InlineData("-1", null)]
    [InlineData("18446744073709551616", null)]
    [InlineData("0x10", null)]
    public void AWholeNumberIsReadWithinItsBounds(string text, ulong? expected) =>
        Check(Flag.Number("--seed", "Seed.", 0ul, ulong.MaxValue), text, expected, "a whole number from 0 to 18446744073709551615");

    [Fact]
    public void NothingSaidIsNull() => Assert.Null(new RootCommand { Flag.Number("--n", "N.", 0, 9) }.Parse([]).GetValue<int?>("--n"));

    private static void Check<T>(Option<T?> option, string text, T? value, string expected)
        where T : struct
    {
        var parse = new RootCommand { option }.Parse([option.Name, text]);

        if (value is { } wanted)
        {
            Assert.Empty(parse.Errors);
            Assert.Equal(wanted, parse.GetValue(option));
        }
        else
        {
            Assert.Equal($"{option.Name}: '{text}' is wrong; expected {expected}", Assert.Single(parse.Errors).Message);
        }
    }
}
