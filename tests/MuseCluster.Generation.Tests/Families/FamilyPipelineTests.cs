using MuseCluster.Generation.Pipelines;
using MuseCluster.Generation.Tests.Decoding;
using MuseCluster.Models;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Prompts;
using MuseCluster.Models.Stages;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Families;

/// <summary>open-muse's and muse-maskgit-pytorch's models from a folder, from prompt to pixels.</summary>
[Collection(nameof(DecoderTests))]
public sealed class FamilyPipelineTests
{
    [Fact]
    public void AClassIsAPrompt_AndPicturesAreMadeTogetherAsAlone()
    {
        using var folder = FamilyFolder.Classes();
        using MuseModel model = folder.Load();
        using var pipeline = new TextToImagePipeline(model);
        GenerationRequest[] requests = [.. Enumerable.Range(0, 6).Select(i => GenerationRequest.From($"{i + 3}", (ulong)i, model.Manifest.Defaults))];
        TogetherAsAlone(pipeline, requests, (16, 16), 48);

        // The class decides, and with guidance another class is steered away from.
        ushort[] grid = pipeline.Generate([requests[0]])[0].BaseGrid;
        Assert.NotEqual(grid, pipeline.Generate([requests[0] with { Prompt = "4" }])[0].BaseGrid);
        Assert.NotEqual(grid, pipeline.Generate([requests[0] with { Guidance = 5, Negative = "4" }])[0].BaseGrid);
    }

    [Theory]
    [InlineData("a dog", 0.0, "'a dog'; this model takes a class's number, 0 to 9")]
    [InlineData("10", 0.0, "0 to 9")]
    [InlineData("", 0.0, "A prompt is empty")]
    [InlineData("3", 4.0, "set guidance to 0")]
    public void WhatIsNoClassIsRefused(string prompt, double guidance, string named)
    {
        using var folder = FamilyFolder.Classes();
        using MuseModel model = folder.Load();
        using var pipeline = new TextToImagePipeline(model);
        GenerationRequest request = GenerationRequest.From(prompt, 1, model.Manifest.Defaults) with { Guidance = guidance };
        Assert.Contains(named, Assert.Throws<ArgumentException>(() => pipeline.Generate([request])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ATextIsAttendedToWithItsPadding_AsOpenMuseDoes(bool clip)
    {
        using DisposeScope scope = NewDisposeScope();
        using var folder = FamilyFolder.Texts(clip);
        using MuseModel model = folder.Load();
        using var pipeline = new TextToImagePipeline(model);
        GenerationRequest[] requests = [.. Enumerable.Range(0, 5).Select(i => GenerationRequest.From($"a {(char)('b' + i)} dog", (ulong)i, model.Manifest.Defaults) with
        {
            Negative = i == 1 ? "cat" : "", Guidance = i == 2 ? 0 : 3,
        })];
        TogetherAsAlone(pipeline, requests, (16, 16), 48);
        Assert.NotEqual(pipeline.Generate([requests[0]])[0].BaseGrid, pipeline.Generate([requests[0] with { Prompt = "cat" }])[0].BaseGrid);

        PromptEmbedding dog = model.Prompts.Encode("a dog");
        Assert.Null(dog.Pooled);
        Assert.Equal(model.PromptShape, new PromptShape((int)dog.Embeddings.size(1), (int)dog.Embeddings.size(2)));
        // The tokenizers' own settings say how long a text is.
        Assert.Equal(clip ? 24 : 9, model.PromptShape.Length);
        Assert.True(dog.Mask.all().item<bool>());
        // The last state is normalised: aMUSEd's, the one before, is not.
        if (clip)
            Assert.InRange(dog.Embeddings.std([0, 1, 2]).item<float>(), 0.5, 2);
    }

    [Fact]
    public void MuseMaskgitPytorchsStagesMakeAPicture_AndAnEmptyTextIsNone()
    {
        using DisposeScope scope = NewDisposeScope();
        using var folder = FamilyFolder.Pytorch();
        using MuseModel model = folder.Load();
        using var pipeline = new TextToImagePipeline(model);
        GenerationRequest[] requests = [.. Enumerable.Range(0, 5).Select(i => GenerationRequest.From($"a {(char)('b' + i)} dog", (ulong)i, model.Manifest.Defaults) with
        {
            Negative = i == 1 ? "cat" : "", Guidance = i == 2 ? 1 : 3, SrGuidance = i == 3 ? 1 : 3,
        })];
        TogetherAsAlone(pipeline, requests, (24, 24), 64);
        foreach (GenerationRequest other in new[] { requests[0] with { Prompt = "cat" }, requests[0] with { Negative = "cat" }, requests[0] with { Seed = 9 } })
            Assert.NotEqual(pipeline.Generate([requests[0]])[0].SuperresGrid, pipeline.Generate([other])[0].SuperresGrid);

        Assert.Equal(256, model.PromptShape.Length);
        Assert.False(model.Prompts.Encode("").Mask.any().item<bool>());
        Assert.Equal(5L, model.Prompts.Encode("dog").Mask.sum().item<long>());
    }

    [Fact]
    public void StagesThatDoNotGoTogetherAreNamed()
    {
        void Refused(Func<FamilyFolder> make, params string[] named)
        {
            using FamilyFolder folder = make();
            string message = Assert.Throws<CheckpointException>(folder.Load).Message;
            Assert.All(named, n => Assert.Contains(n, message, StringComparison.Ordinal));
        }

        ModelManifest? other = null;
        using var texts = FamilyFolder.Texts(clip: false, m => other = m);
        Refused(() => FamilyFolder.Texts(clip: true, m => m with { Text = null }), "stages.text: is missing; stages.base takes texts");
        Refused(() => FamilyFolder.Pytorch(m => m with { Superres = m.Base with { Network = TransformerNetworks.MaskGit } }), "stages.superres.network: found 'maskgit'");
        Refused(() => FamilyFolder.Pytorch(m => m with { Pixels = m.Preview! }), "stages.pixels.config: its grid: found 4 x 4, expected 6 x 6");
        // A base of other codes than super-resolution's table has.
        Refused(
            () => FamilyFolder.Pytorch(m => m with { Base = m.Base with { Config = Edited(m.Base, "\"num_tokens\": 64", "\"num_tokens\": 60") } }),
            "its smaller pictures' codes: found 64, expected 60 like those of stages.base");
        Refused(() => FamilyFolder.Pytorch(m => m with { Base = m.Base with { Config = Edited(m.Base, "MaskGitTransformer", "TokenCritic") } }), "stages.base.config", "class is TokenCritic");
        Refused(() => FamilyFolder.Classes(m => m with { Base = m.Base with { Config = Edited(m.Base, "\"num_classes\": 10", "\"num_classes\": null") } }), "takes neither texts nor classes");
        Refused(() => FamilyFolder.Classes(m => m with { Text = other!.Text! with { Weights = m.Base.Weights, Tokenizer = new TokenizerManifest { Kind = "sentencepiece", Files = m.Base.Weights } } }), "stages.text: is there, but stages.base takes one of 10 classes");
    }

    private static System.Text.Json.JsonElement Edited(StageManifest stage, string from, string to) =>
        System.Text.Json.JsonDocument.Parse(stage.Config.GetRawText().Replace(from, to, StringComparison.Ordinal)).RootElement;

    private static void TogetherAsAlone(TextToImagePipeline pipeline, GenerationRequest[] requests, (int, int) size, int codes)
    {
        var together = pipeline.Generate(requests);
        for (int i = 0; i < requests.Length; i++)
        {
            GeneratedPicture alone = pipeline.Generate([requests[i]])[0];
            Assert.Equal(alone.BaseGrid, together[i].BaseGrid);
            Assert.Equal(alone.SuperresGrid, together[i].SuperresGrid);
            Assert.True(alone.Picture.SamePixels(together[i].Picture));
            Assert.Equal(size, (alone.Picture.Width, alone.Picture.Height));
            Assert.All(alone.BaseGrid, c => Assert.InRange(c, 0, codes - 1));
        }
    }
}
