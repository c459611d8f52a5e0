using MuseCluster.Training.ShapesWorld;

namespace MuseCluster.Training.Tests.ShapesWorld;

public class CaptionTests
{
    private static Caption Parse(string text)
    {
        Assert.True(Caption.TryParse(text, out var caption, out string? error), error);
        return caption;
    }

    private static string Refused(string? text)
    {
        Assert.False(Caption.TryParse(text, out var caption, out string? error));
        Assert.Null(caption);
        return error;
    }

    [Theory]
    [InlineData(SceneSplit.Seen)]
    [InlineData(SceneSplit.HeldOut)]
    public void Every_drawn_caption_parses_back_to_its_claims(SceneSplit split)
    {
        var sampler = new SceneSampler(11, new SceneSamplerOptions { Split = split });
        for (ulong i = 0; i < 10_000; i++)
        {
            var caption = sampler.Sample(i).Caption;
            var parsed = Parse(caption.Text);
            Assert.True(parsed.SameClaims(caption), caption.Text);
            Assert.Equal(caption.Text, parsed.Text);
        }
    }

    [Fact]
    public void Plain_words_follow_the_grammar()
    {
        Assert.Equal("a small red circle", Caption.Create(CaptionKind.Single, [new(PaletteColor.Red, Shape.Circle, ObjectSize.Small)]).Text);
        Assert.Equal("a orange ring on a gray background", Caption.Create(CaptionKind.Single, [new(PaletteColor.Orange, Shape.Ring)], background: PaletteColor.Gray).Text);
        Assert.Equal("four small blue crosses", Caption.Create(CaptionKind.Counted, [new(PaletteColor.Blue, Shape.Cross, ObjectSize.Small, 4)]).Text);
        Assert.Equal(
            "a red circle left of a white square on a black background",
            Caption.Create(CaptionKind.Related, [new(PaletteColor.Red, Shape.Circle), new(PaletteColor.White, Shape.Square)], Relation.LeftOf, PaletteColor.Black).Text);
        Assert.Equal(
            "a yellow diamond and a green triangle",
            Caption.Create(CaptionKind.Pair, [new(PaletteColor.Yellow, Shape.Diamond), new(PaletteColor.Green, Shape.Triangle)]).Text);
    }

    [Theory]
    [InlineData("a red disc", "a red circle")]
    [InlineData("A picture of a Red circle.", "a red circle")]
    [InlineData("there is an orange box", "a orange square")]
    [InlineData("there are 3 small blue boxes on a gray background", "three small blue squares on a gray background")]
    [InlineData("2 large green discs", "two large green circles")]
    [InlineData("a red ring over a blue cross", "a red ring above a blue cross")]
    [InlineData("a red ring under a blue cross", "a red ring below a blue cross")]
    [InlineData("a red ring to the left of a blue cross on a white background", "a red ring left of a blue cross on a white background")]
    [InlineData("  a  red ring to the right of a blue cross ", "a red ring right of a blue cross")]
    [InlineData("there is a red ring and a red cross", "a red ring and a red cross")]
    public void Paraphrases_claim_the_same(string paraphrase, string plain)
    {
        var claims = Parse(paraphrase);
        Assert.True(claims.SameClaims(Parse(plain)));
        Assert.Equal(plain, Caption.Create(claims.Kind, claims.Objects, claims.Relation, claims.Background).Text);
    }

    [Theory]
    [InlineData("a mauve circle", "Word 2, \"mauve\": expected a colour (red, orange,")]
    [InlineData("a red blob", "Word 3, \"blob\": expected circle, square")]
    [InlineData("two red circle", "Word 3, \"circle\": expected circles, squares")]
    [InlineData("red circle", "Word 1, \"red\": expected a, two, three or four")]
    [InlineData("a red circle near a blue square", "Word 4, \"near\": expected the end")]
    [InlineData("a red circle above", "The caption ends early: expected a,")]
    [InlineData("a red circle on a blue", "The caption ends early: expected background")]
    [InlineData("a gray circle", "Gray is a background only")]
    [InlineData("three large red circles", "3 large objects do not fit")]
    [InlineData("a small red circle above a blue square", "Only captions of one kind of object name a size")]
    [InlineData("a red circle on a red background", "A red object cannot be seen on a red background")]
    [InlineData("   ", "The caption is empty")]
    [InlineData(null, "The caption is empty")]
    public void Other_texts_are_refused_by_the_word(string? text, string problem) =>
        Assert.StartsWith(problem, Refused(text), StringComparison.Ordinal);

    [Fact]
    public void Long_texts_are_refused() => Assert.Contains("longest has 400", Refused(new string('a', 401)), StringComparison.Ordinal);

    [Fact]
    public void The_vocabulary_holds_every_word_of_every_caption()
    {
        var sampler = new SceneSampler(4);
        var used = Enumerable.Range(0, 20_000).SelectMany(i => sampler.Sample((ulong)i).Caption.Text.Split(' ')).ToHashSet();
        Assert.Equal(CaptionWords.Vocabulary, used.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_paraphrase_keeps_the_claims_and_uses_every_form()
    {
        var caption = Parse("two red circles on a blue background");
        var random = new SceneRandom(1, 1);
        var texts = new HashSet<string>();
        for (int i = 0; i < 500; i++)
            texts.Add(caption.Paraphrase(ref random, 0.5).Text);
        Assert.Equal(3 * 2 * 2, texts.Count);
        Assert.All(texts, text => Assert.True(Parse(text).SameClaims(caption)));
    }
}
