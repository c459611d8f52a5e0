using MuseCluster.Generation.Decoding;
using MuseCluster.Models.Prompts;
using MuseCluster.Generation.Randomness;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Torch;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.ShapesWorld;
using MuseCluster.Training.Stages;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Tests.Stages;

[Collection(nameof(TorchTests))]
public sealed class MaskedTransformerStageTests
{
    [Fact]
    public void TwoCaptionsAreLearnedByHeart_AndDecodedAgain()
    {
        using var text = TinyStages.Text();
        var training = TinyStages.Options(220) with { BatchSize = 8, LearningRate = 6e-3, WarmupSteps = 10, EmaDecay = 0, LabelSmoothing = 0, ConditionDropout = 0, WeightDecay = 0 };
        using var stage = TinyStages.BaseStage(text, scenes: 2, training);
        using var optimizer = optim.AdamW(stage.Network.parameters(), training.LearningRate, weight_decay: 0);
        var losses = new List<double>();
        for (var step = 0; step < training.Steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.LearningRate = training.RateAt(step);
            optimizer.zero_grad();
            var loss = stage.Loss(step, new Dictionary<string, double>());
            loss.backward();
            nn.utils.clip_grad_norm_(stage.Network.parameters(), 1);
            optimizer.step();
            losses.Add(loss.item<float>());
        }
        Assert.InRange(losses[0], 0.8 * Math.Log(TinyStages.Codes), 1.5 * Math.Log(TinyStages.Codes));
        Assert.True(losses[^10..].Average() < 0.02, $"the loss only fell from {losses[0]} to {losses[^10..].Average()}");

        var network = (BaseTransformer)stage.Network;
        var (data, prompts) = (TinyStages.Tokens(2), TinyStages.Prompts(text));
        using var decoder = new MaskedDecoder(network, CPU, new MaskedDecoderOptions());
        for (var scene = 0; scene < 2; scene++)
        {
            var caption = TinyStages.Scenes.Sample((ulong)scene).Caption.Text;
            using var picture = Start(network, prompts, caption);
            decoder.Add(picture);
            while (!picture.Finished)
                decoder.Step();
            Assert.Equal(data.Low(scene).ToArray(), picture.Grid.ToArray());
        }
        Assert.NotEqual(data.Low(0).ToArray(), data.Low(1).ToArray());
    }

    [Fact]
    public void OnlyMaskedTokensAreLearned_UnderTheSamplersMasks()
    {
        using var text = TinyStages.Text();
        using var stage = new Watched(text, TinyStages.Options(1) with { BatchSize = 400, LabelSmoothing = 0, ConditionDropout = 0.25 });
        using var scope = NewDisposeScope();
        var loss = stage.Loss(3, new Dictionary<string, double>());

        var data = TinyStages.Tokens(6);
        var (tokens, rows) = (stage.Tokens!, stage.Rows!);
        Assert.Equal(Enumerable.Range(0, tokens.Length).Where(i => tokens[i] == TinyStages.Codes).Select(i => (long)i), rows);
        for (var b = 0; b < 400; b++)
        {
            var grid = data.Low(stage.Scenes![b]);
            for (var i = 0; i < 16; i++)
                Assert.True(tokens[(b * 16) + i] == grid[i] || tokens[(b * 16) + i] == TinyStages.Codes);
        }
        // The network answers code 2 with all its might: the loss is that of the masked tokens that are not 2.
        var wrong = rows.Count(r => data.Low(stage.Scenes![r / 16])[(int)(r % 16)] != 2) / (double)rows.Length;
        Assert.Equal(wrong * 50, loss.item<float>(), 0.01);

        // About a quarter of the captions gave way to the empty prompt, whose only word is its end.
        Assert.InRange(stage.Words!.Count(w => w == 1) / 400.0, 0.18, 0.32);
        Assert.InRange(rows.Length / (double)tokens.Length, (2 / Math.PI) - 0.05, (2 / Math.PI) + 0.08);
    }

    [Fact]
    public void SuperresolutionSeesBaseGridsAsDamagedAndRecoloredAsTheRecipeSays()
    {
        using var text = TinyStages.Text();
        using var scope = NewDisposeScope();
        float Loss(double damage, double recolored)
        {
            using var stage = TinyStages.SuperresStage(text, 5, TinyStages.Options(10), damage, recolored);
            return stage.Loss(7, new Dictionary<string, double>()).item<float>();
        }
        Assert.Equal(Loss(0, 0), Loss(0, 0));
        Assert.NotEqual(Loss(0, 0), Loss(1, 0));
        Assert.NotEqual(Loss(0, 0), Loss(0, 1));
    }

    [Fact]
    public void ObjectsThatOnlyTheirColoursTellApartKeepThem()
    {
        using var text = TinyStages.Text();
        using var scope = NewDisposeScope();
        var pairs = new SceneSampler(9, new SceneSamplerOptions { SingleWeight = 0, CountedWeight = 0, RelatedWeight = 0 });
        float Loss(double recolored)
        {
            using var stage = TinyStages.SuperresStage(text, 5, TinyStages.Options(10), 0, recolored, pairs);
            return stage.Loss(7, new Dictionary<string, double>()).item<float>();
        }
        Assert.Equal(Loss(0), Loss(1));
    }

    [Fact]
    public void AStepIsFixedByItsNumber()
    {
        using var text = TinyStages.Text();
        using var stage = TinyStages.SuperresStage(text, 5, TinyStages.Options(10));
        using var again = TinyStages.SuperresStage(text, 5, TinyStages.Options(10));
        using var scope = NewDisposeScope();
        float Loss(TrainingStageOf stage, long step) => stage(step, new Dictionary<string, double>()).item<float>();
        var first = Loss(stage.Loss, 7);
        Loss(stage.Loss, 8);
        Assert.Equal(first, Loss(stage.Loss, 7));
        Assert.Equal(first, Loss(again.Loss, 7));
        Assert.NotEqual(first, Loss(stage.Loss, 8));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void HoweverMuchRareCodesCount_TheBestAnswerIsTheirProbability(double balance)
    {
        using var text = TinyStages.Text();
        using var stage = new Watched(text, TinyStages.Options(1) with { BatchSize = 4000, LabelSmoothing = 0, CodeBalance = balance });
        using var scope = NewDisposeScope();
        var data = TinyStages.Tokens(6);
        var shares = Enumerable.Range(0, TinyStages.Codes).Select(c => Enumerable.Range(0, 6).Sum(s => data.Low(s).Count((ushort)c)) / 96f).ToArray();

        double Slope(float[] answer)
        {
            stage.Answer = tensor(answer).requires_grad_();
            stage.Loss(0, new Dictionary<string, double>()).backward();
            return stage.Answer.grad!.norm().item<float>();
        }
        var best = shares.Select(share => MathF.Log(share)).ToArray();
        Assert.InRange(Slope(best), 0, 0.01);
        for (var code = 0; code < TinyStages.Codes; code++)
            Assert.InRange(Slope([.. best.Select((v, i) => i == code ? v + 1 : v)]), 0.05, 1);
    }

    private delegate Tensor TrainingStageOf(long step, IDictionary<string, double> metrics);

    private static MaskedPicture Start(BaseTransformer network, T5PromptEncoder prompts, string caption)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var (embeddings, mask, _) = prompts.Encode(caption);
        return MaskedPicture.New(
            network.Shape, new DecodingOptions { Steps = 8, Guidance = 0, Temperature = 0 }, network.Condition(embeddings, mask).Keep(), new TokenRandom(1, 0, 0));
    }

    /// <summary>A stage whose network keeps what it is asked and always answers the same: code 2 where nothing else is set.</summary>
    private sealed class Watched(MuseCluster.Models.Networks.T5.T5Encoder text, TrainingOptions training)
        : MaskedTransformerStage(TinyStages.Tokens(6), TinyStages.Scenes, TinyStages.Prompts(text), training, 5, CPU), IMaskedTransformer
    {
        private readonly BaseTransformer _network = new(TinyStages.Base);

        public long[]? Tokens { get; private set; }

        public long[]? Rows { get; private set; }

        public int[]? Scenes { get; private set; }

        public int[]? Words { get; private set; }

        public Tensor? Answer { get; set; }

        public MaskedTransformerShape Shape => TinyStages.Base.Shape;

        public Conditioning Condition(ConditioningInput input) => throw new NotSupportedException("the stage conditions by itself");

        public override nn.Module Network => _network;

        protected override IMaskedTransformer Transformer => this;

        public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
        {
            (Tokens, Rows) = (tokens.ToArray<long>(), rows!.ToArray<long>());
            if (Answer is not null)
                return Answer.expand(Rows.Length, TinyStages.Codes);
            var logits = zeros(Rows.Length, TinyStages.Codes);
            logits.narrow(1, 2, 1).fill_(50);
            return logits;
        }

        protected override ReadOnlySpan<ushort> Grid(int scene) => Data.Low(scene);

        protected override Conditioning Condition(Tensor embeddings, Tensor mask, int[] scenes, long sample)
        {
            (Scenes, Words) = (scenes, [.. mask.to(int64).sum(1).ToArray<long>().Select(n => (int)n)]);
            return _network.Condition(embeddings, mask);
        }
    }
}
