namespace MuseCluster.Cli.Tests.Commands;

public sealed class UsageTests
{
    private static readonly string[] Run = ["--recipe", "models/none.json", "--run", "runs/none"];

    [Fact]
    public void AWrongValueNamesTheFlagTheValueAndWhatIsExpected() => Refused(
        "muse train: --threads: 'many' is wrong; expected a whole number from 1 to 1024", ["train", .. Run, "--threads", "many"]);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    [InlineData("NaN")]
    public void ANumberOutOfBoundsIsRefused(string value) => Refused(
        $"muse train: --threads: '{value}' is wrong; expected a whole number from 1 to 1024", ["train", .. Run, "--threads", value]);

    [Fact]
    public void AWrongChoiceListsTheChoices() => Refused(
        "muse train: --device: 'tpu' is wrong; expected cpu or cuda", ["train", .. Run, "--device", "tpu"]);

    [Fact]
    public void SeveralWrongValuesAreAllNamed() => Refused(
        "muse train: --threads: '0' is wrong; expected a whole number from 1 to 1024; --device: 'tpu' is wrong; expected cpu or cuda",
        ["train", .. Run, "--threads", "0", "--device", "tpu"]);

    [Fact]
    public void AnUnknownStageListsTheStages() => Refused(
        "muse train: STAGE: 'bse' is wrong; expected tokenizer, text, vqgan-base, vqgan-superres, decoder, tokens, base or superres", ["train", "bse", .. Run]);

    [Fact]
    public void MissingFlagsAreNamed() => Refused("muse train: --recipe: is missing; expected --recipe FILE; --run: is missing; expected --run FOLDER", ["train"]);

    [Fact]
    public void AFlagWithoutAValueIsNamed() => Refused("muse train: --threads: has no value; expected --threads N", ["train", .. Run, "--threads"]);

    [Fact]
    public void AFlagGivenTwiceIsNamed() => Refused("muse train: --threads: has 2 values; expected one", ["train", .. Run, "--threads", "1", "--threads", "2"]);

    [Fact]
    public void AMissingArgumentIsNamed() => Refused("muse show: FILE: is missing; expected a PNG file that muse made", ["show"]);

    [Fact]
    public void AnArgumentTooManyIsNamed() => Refused("muse show: 'b.png' is one argument too many; put a text of several words in quotes", ["show", "a.png", "b.png"]);

    [Fact]
    public void AnUnknownFlagSuggestsTheNearest() => Refused("muse train: --recpie: there is no such flag; did you mean --recipe?", ["train", "--recpie", "x"]);

    [Fact]
    public void AnUnknownFlagIsNoArgument() => Refused("muse show: --jsno: there is no such flag; did you mean --json?", ["show", "--jsno"]);

    [Fact]
    public void AGroupWithoutACommandNamesItsCommands() => Refused("muse tenants: a command is missing; expected add, list, rotate, revoke or limits", ["tenants"]);

    [Fact]
    public void AnUnknownCommandSuggestsTheNearest() => Refused("muse: 'tran' is no command; did you mean train?", ["tran"]);

    [Fact]
    public void AfterTwoDashesAnythingIsAnArgument() => Refused("muse show: FILE: '--json' is not there; expected a PNG file", ["show", "--", "--json"]);

    private static void Refused(string line, string[] arguments)
    {
        var result = MuseProcess.Run(arguments);

        Assert.Equal(line + "\n", result.Error);
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
    }
}
