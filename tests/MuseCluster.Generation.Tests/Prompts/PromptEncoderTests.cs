using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Clip;
using MuseCluster.Models.Prompts;
using MuseCluster.Models.Tokenizers.Clip;
using MuseCluster.Tests.Shared;
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

    [Fact]
    public void WhatIsTakenOfATextIsTheFamilys()
    {
        using var scope = NewDisposeScope();
        using var tiny = new TinyModel();
        PromptEmbedding T5(TextUse use, string text) => new T5PromptEncoder(Own(tiny).Tokenizer, Own(tiny).Encoder, 6, use: use).Encode(text);
        static long Shown(PromptEmbedding prompt) => prompt.Mask.sum().item<long>();
        Assert.Equal([4L, 6, 4], new[] { new TextUse(), new TextUse { Padding = true }, new TextUse { EmptyIsNone = true } }.Select(use => Shown(T5(use, "ab"))));
        Assert.Equal([1L, 6, 0], new[] { new TextUse(), new TextUse { Padding = true }, new TextUse { EmptyIsNone = true } }.Select(use => Shown(T5(use, ""))));
        // Where padding counts, the encoder sees it too.
        Assert.False(T5(new TextUse(), "ab").Embeddings.narrow(1, 0, 4).allclose(T5(new TextUse { Padding = true }, "ab").Embeddings.narrow(1, 0, 4)));

        string golden = Path.Combine(Repository.Root, "tests", "golden", "amused_pipeline_tiny");
        using var checkpoint = Checkpoint.Open(Path.Combine(golden, "text_encoder", "model.safetensors"));
        using var encoder = ClipTextCheckpoint.Load(ClipTextConfig.Read(Path.Combine(golden, "text_encoder", "config.json")), checkpoint);
        var tokenizer = ClipTokenizer.Load(Path.Combine(golden, "tokenizer"));
        PromptEmbedding Clip(TextUse use, string text, bool pooled = false) => new ClipPromptEncoder(tokenizer, encoder, 24, use, pooled).Encode(text);
        Assert.Equal([2L, 24, 0], new[] { new TextUse(), new TextUse { Padding = true }, new TextUse { EmptyIsNone = true } }.Select(use => Shown(Clip(use, ""))));
        Assert.Equal(24, Shown(Clip(new TextUse(), string.Concat(Enumerable.Repeat("dog ", 40)))));
        var ids = tensor(Array.ConvertAll(tokenizer.EncodeToRow("a dog", 24), id => (long)id), [1, 24]);
        var states = encoder.forward(ids);
        Assert.Equal(states.LastHiddenState.ToArray<float>(), Clip(new TextUse(), "a dog").Embeddings.ToArray<float>());
        Assert.Equal(states.Penultimate.ToArray<float>(), Clip(new TextUse { Penultimate = true }, "a dog").Embeddings.ToArray<float>());
        Assert.Null(Clip(new TextUse(), "a dog").Pooled);
        Assert.Equal(states.TextEmbeds!.ToArray<float>(), Clip(new TextUse(), "a dog", pooled: true).Pooled!.ToArray<float>());
    }

    private static T5PromptEncoder Own(TinyModel tiny) => (T5PromptEncoder)tiny.Model.Prompts;
}
