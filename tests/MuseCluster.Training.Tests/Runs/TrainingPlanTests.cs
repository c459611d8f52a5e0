using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Training.Evaluation;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.Runs;
using MuseCluster.Training.ShapesWorld;
using MuseCluster.Training.Stages;
using MuseCluster.Training.Tests.Stages;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Tests.Runs;

[Collection(nameof(TorchTests))]
public sealed class TrainingPlanTests
{
    private static Recipe Tiny(bool decoder) => new()
    {
        Name = "tiny",
        Seed = 3,
        Tokenizer = new TokenizerRecipe { VocabSize = 128, Captions = 300, Sentinels = 4 },
        Text = new TextRecipe
        {
            Network = new T5Config { VocabSize = 128, DModel = 8, DKv = 4, DFf = 16, NumLayers = 1, NumHeads = 2, FeedForwardProj = T5FeedForwardKind.GatedGelu, TieWordEmbeddings = false },
            Training = TinyStages.Options(3),
            NoiseDensity = 0.25,
            MeanSpanLength = 2,
        },
        VqganBase = TinyStages.VqGan(16, 3, TinyStages.Codes),
        VqganSuperres = TinyStages.VqGan(32, 3, TinyStages.Codes),
        Decoder = decoder ? TinyStages.VqGan(32, 3, TinyStages.Codes, channels: 16) : null,
        Scenes = 40,
        Base = new TransformerRecipe<BaseTransformerConfig> { Network = TinyStages.Base, Training = TinyStages.Options(3) },
        Superres = new TransformerRecipe<SuperResolutionTransformerConfig> { Network = TinyStages.Superres, Training = TinyStages.Options(3) },
        Defaults = new GenerationDefaults { Steps = 3, SrSteps = 2, Guidance = 1 },
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ARecipeBecomesAModelThatGeneratesAndIsMeasured(bool decoder)
    {
        using var run = new TempRun();
        var plan = new TrainingPlan(Tiny(decoder), run["run"], TimeProvider.System);
        foreach (var stage in TrainingPlan.StageNames)
            plan.Run(stage, null, CancellationToken.None);
        foreach (var stage in TrainingPlan.StageNames.Except(["tokenizer", "tokens", "decoder"]))
            Assert.True(File.Exists(plan.WeightsOf(stage)), stage);
        Assert.Equal(decoder, File.Exists(plan.WeightsOf("decoder")));

        var manifest = await ModelExport.WriteAsync(plan, run["model"], CancellationToken.None);
        Assert.Empty(await ModelManifest.Load(run["model"]).VerifyFilesAsync());
        Assert.True(File.Exists(run["model", "curves", "base-loss.png"]));
        Assert.Equal("tiny", manifest.Name);

        using var model = MuseModel.Load(run["model"], CPU);
        var pixels = (VqGan)model.Pixels;
        Same(plan.WeightsOf("base"), "", (nn.Module)model.Base);
        Same(plan.WeightsOf("superres"), "", (nn.Module)model.Superres!);
        Same(plan.WeightsOf("vqgan-base"), "", (VqGan)model.Preview!);
        Same(plan.WeightsOf("vqgan-superres"), "encoder.", pixels.encoder);
        Same(plan.WeightsOf("vqgan-superres"), "quantize.", pixels.quantize);
        if (decoder)
            Same(plan.WeightsOf("decoder"), "", pixels.decoder);
        else
            Same(plan.WeightsOf("vqgan-superres"), "decoder.", pixels.decoder);
        Evaluates(model);
    }

    [Fact]
    public void AStageNeedsThoseBeforeIt_AndAFinishedOneIsNotMadeAgain()
    {
        using var run = new TempRun();
        var plan = new TrainingPlan(Tiny(false), run["run"], TimeProvider.System);
        foreach (var (stage, needed) in new[] { ("text", "tokenizer"), ("tokens", "vqgan-base"), ("base", "text"), ("superres", "text") })
            Assert.Contains($"'{needed}'", Assert.Throws<FileNotFoundException>(() => plan.Run(stage, null, CancellationToken.None)).Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer, text,", Assert.Throws<ArgumentException>("name", () => plan.Run("base-model", null, CancellationToken.None)).Message, StringComparison.Ordinal);

        plan.Run("vqgan-base", null, CancellationToken.None);
        var written = File.GetLastWriteTimeUtc(plan.WeightsOf("vqgan-base"));
        plan.Run("vqgan-base", null, CancellationToken.None);
        Assert.Equal(written, File.GetLastWriteTimeUtc(plan.WeightsOf("vqgan-base")));
    }

    [Fact]
    public void TheVocabularyHasT5sSpecialIdsAndItsSentinels()
    {
        using var run = new TempRun();
        Directory.CreateDirectory(run["t"]);
        var recipe = new TokenizerRecipe { VocabSize = 128, Captions = 300, Sentinels = 4 };
        CaptionTokenizer.Train(recipe, new(), 3, run["t", "spiece.model"]);
        Assert.Equal([run["t", "spiece.model"]], Directory.GetFiles(run["t"]));

        var tokenizer = MuseCluster.Models.Tokenizers.SentencePieceTokenizer.Load(run["t", "spiece.model"]);
        Assert.Equal((0, 1, 2), (tokenizer.PadId, tokenizer.EosId, tokenizer.UnkId));
        Assert.InRange(tokenizer.VocabSize, 60, 128);
        var sentinels = CaptionTokenizer.SentinelIds(recipe, tokenizer);
        Assert.Equal(4, sentinels.Distinct().Count());
        Assert.All(sentinels, s => Assert.InRange(s, 3, tokenizer.VocabSize - 1));
        for (var i = 0UL; i < 200; i++)
        {
            // Every word is one piece, however it is written.
            var text = new SceneSampler(4).Sample(i).Caption.Text;
            Assert.Equal(text.Split(' ').Select(word => '\u2581' + word), tokenizer.EncodeToTokens(text.ToUpperInvariant(), addEos: false));
        }
        Assert.DoesNotContain(tokenizer.UnkId, tokenizer.EncodeToIds("An octopus, with 19 (red?) arms!"));
    }

    [Theory]
    [InlineData("tokenizer")]
    [InlineData("text")]
    [InlineData("base")]
    [InlineData("superres")]
    public void ARecipeThatWouldCutItsCaptionsIsRefused(string stage)
    {
        using var run = new TempRun();
        var tiny = Tiny(decoder: false);
        var whole = new TrainingPlan(tiny, run["run"], TimeProvider.System);
        foreach (var earlier in TrainingPlan.StageNames.TakeWhile(s => s != stage && s != "superres"))
            whole.Run(earlier, null, CancellationToken.None);
        var plan = new TrainingPlan(
            tiny with { Base = tiny.Base with { Network = tiny.Base.Network with { TextLength = 8 } }, Superres = tiny.Superres with { Network = tiny.Superres.Network with { TextLength = 8 } } },
            run["run"], TimeProvider.System);

        var message = Assert.Throws<RecipeException>(() => plan.Run(stage, null, CancellationToken.None)).Message;
        Assert.Matches("base.network.textLength is 8, expected at least 1[0-9]: so many pieces has the caption '.+ background'", message);
    }

    private static void Evaluates(MuseModel model)
    {
        var captions = EvaluationCaptions.Create(perKind: 4, withBackground: 3);
        var told = new List<int>();
        var evaluation = ShapesEvaluation.Run(
            model, captions, text => GenerationRequest.From(text, 5, model.Manifest.Defaults), EvaluatedStages.All, new Teller(told.Add), CancellationToken.None);

        Assert.Equal([16, 19], told);
        Assert.Equal(captions, evaluation.Pictures.Select(p => p.Caption));
        Assert.Equal(19, evaluation.Tally().All.Trials);
        var (seen, heldOut) = (evaluation.Tally(p => p.Caption.Split == SceneSplit.Seen), evaluation.Tally(p => p.Caption.Split == SceneSplit.HeldOut));
        Assert.Equal((10, 9), (seen.All.Trials, heldOut.All.Trials));
        Assert.Equal(evaluation.Tally().Color.Successes, seen.Color.Successes + heldOut.Color.Successes);
        Assert.True(evaluation.Tally().Background.Trials >= 3);
        Assert.All(evaluation.Pictures, p => Assert.Equal(32, p.Picture.Width));

        ShapesEvaluation Of(EvaluatedStages stages) => ShapesEvaluation.Run(
            model, captions, text => GenerationRequest.From(text, 5, model.Manifest.Defaults), stages, null, CancellationToken.None);
        Assert.All(Of(EvaluatedStages.Base).Pictures, p => Assert.Equal(16, p.Picture.Width));
        Assert.All(Of(EvaluatedStages.Superres).Pictures, p => Assert.Equal(32, p.Picture.Width));
        Assert.All(Of(EvaluatedStages.Pixels).Pictures, p => Assert.Equal(32, p.Picture.Width));
        Assert.True(evaluation.Sheet(10).Width >= 320);

        // Each picture is that of its own index, whatever it was made with.
        using var pipeline = new TextToImagePipeline(model);
        var alone = pipeline.Generate([GenerationRequest.From(captions[17].Caption.Text, 5, model.Manifest.Defaults) with { Picture = 17 }])[0];
        Assert.True(alone.Picture.SamePixels(evaluation.Pictures[17].Picture));
    }

    /// <summary>The network holds the trained weights as rounded to half precision.</summary>
    private static void Same(string weights, string prefix, nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var checkpoint = Checkpoint.Open(weights);
        Assert.All(network.state_dict(), t =>
            Assert.Equal(checkpoint[prefix + t.Key].ToTensor().to(float16).to(float32).ToArray<float>(), t.Value.ToArray<float>()));
    }

    private sealed class Teller(Action<int> tell) : IProgress<int>
    {
        public void Report(int value) => tell(value);
    }
}
