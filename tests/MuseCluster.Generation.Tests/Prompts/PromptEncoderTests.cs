using MuseCluster.Models.Prompts;
using MuseCluster.Generation.Tests.Decoding;
using MuseCluster.Generation.Tests.Pipelines;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Prompts;

[Collection(nameof(DecoderTests))]
public sealed class PromptEncoderTests
{
    [Fact]
    public void TextsAreCutAndPaddedToTheLength()
    {
        using var tiny = new TinyModel();
        var prompts = new T5PromptEncoder(Own(tiny).Tokenizer, Own(tiny).Encoder, 6);
        Assert.Equal([1, 0, 0, 0, 0, 0], prompts.Tokenize(""));
        Assert.Equal([3, 4, 5, 1, 0, 0], prompts.Tokenize("ab"));
        Assert.Equal([3, 4, 5, 6, 7, 1], prompts.Tokenize("abcd"));
        // Longer ones are cut before the end mark.
        Assert.Equal([3, 4, 5, 6, 7, 1], prompts.Tokenize("abcdefgh"));
        Assert.Equal([1], new T5PromptEncoder(Own(tiny).Tokenizer, Own(tiny).Encoder, 1).Tokenize("abc"));
    }

    [Fact]
    public void PaddingIsMaskedAndDoesNotChangeATextsEmbeddings()
    {
        using var scope = NewDisposeScope();
        using var tiny = new TinyModel();
        var shorter = new T5PromptEncoder(Own(tiny).Tokenizer, Own(tiny).Encoder, 4);
        var longer = new T5PromptEncoder(Own(tiny).Tokenizer, Own(tiny).Encoder, 9);
        var (expected, mask, _) = shorter.Embed(tensor(shorter.Tokenize("ab"), [1, 4]));
        var (padded, words, _) = longer.Embed(tensor([.. longer.Tokenize("ab"), .. longer.Tokenize("abcdefghij")], [2, 9]));

        Assert.Equal([1, 4, 8], expected.shape);
        Assert.All(mask.ToArray<bool>(), Assert.True);
        Assert.Equal([true, true, true, true, false, false, false, false, false], words.select(0, 0).ToArray<bool>());
        Assert.True((expected.select(0, 0) - padded.select(0, 0).narrow(0, 0, 4)).abs().max().item<float>() < 1e-5);
    }

    private static T5PromptEncoder Own(TinyModel tiny) => (T5PromptEncoder)tiny.Model.Prompts;
}
