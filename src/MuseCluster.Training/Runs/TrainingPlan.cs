using MuseCluster.Models.Prompts;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Models.Tokenizers;
using MuseCluster.Torch;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.ShapesWorld;
using MuseCluster.Training.Stages;
using MuseCluster.Training.Text;

namespace MuseCluster.Training.Runs;

/// <summary>
/// The stages of a recipe in their order, each in its own folder of a run. A stage needs only finished ones before it, so
/// independent stages can be trained by two processes at once, and a finished one is never made again.
/// </summary>
/// <param name="recipe">The recipe.</param>
/// <param name="folder">The run's folder.</param>
/// <param name="time">The clock.</param>
/// <param name="device">Where networks are trained; the processor where null.</param>
public sealed class TrainingPlan(Recipe recipe, string folder, TimeProvider time, torch.Device? device = null)
{
    private const int CheckedCaptions = 1000;

    /// <summary>The stages' names, in an order that can be followed.</summary>
    public static IReadOnlyList<string> StageNames { get; } = ["tokenizer", "text", "vqgan-base", "vqgan-superres", "decoder", "tokens", "base", "superres"];

    /// <summary>The recipe.</summary>
    public Recipe Recipe => recipe;

    /// <summary>The tokenizer's file.</summary>
    public string TokenizerFile => Path.Combine(folder, "spiece.model");

    /// <summary>The weights that a finished stage leaves.</summary>
    /// <param name="stage">Its name.</param>
    /// <returns>The path.</returns>
    public string WeightsOf(string stage) => Path.Combine(folder, stage, Trainer.WeightsFile);

    /// <summary>Runs one stage to its end.</summary>
    /// <param name="name">One of <see cref="StageNames"/>.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellation">Saves what can be resumed, and stops.</param>
    /// <exception cref="ArgumentException">There is no such stage.</exception>
    /// <exception cref="FileNotFoundException">A stage before it is not finished.</exception>
    /// <exception cref="RecipeException">The recipe's textLength would cut its captions, which the vocabulary tells.</exception>
    public void Run(string name, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        switch (name)
        {
            case "tokenizer":
                if (!File.Exists(TokenizerFile))
                    CaptionTokenizer.Train(recipe.Tokenizer, recipe.World, recipe.Seed, TokenizerFile);
                LoadTokenizer();
                break;
            case "text":
                var tokenizer = LoadTokenizer();
                Train(name, recipe.Text.Training, progress, cancellation, () => new TextStage(
                    recipe.Text, tokenizer, CaptionTokenizer.SentinelIds(recipe.Tokenizer, tokenizer), recipe.World, recipe.Seed + 1, Device));
                break;
            case "vqgan-base":
                Train(name, recipe.VqganBase.Training, progress, cancellation, () => new VqGanStage(recipe.VqganBase, recipe.VqganBase.World ?? recipe.World, recipe.Seed + 2, Device));
                break;
            case "vqgan-superres":
                Train(name, recipe.VqganSuperres.Training, progress, cancellation, () => new VqGanStage(recipe.VqganSuperres, recipe.VqganSuperres.World ?? recipe.World, recipe.Seed + 3, Device));
                break;
            case "decoder":
                if (recipe.Decoder is not { } decoder)
                    break;
                using (var frozen = LoadVqGan("vqgan-superres", recipe.VqganSuperres.Network))
                    Train(name, decoder.Training, progress, cancellation, () => new DecoderStage(decoder, frozen, recipe.World, recipe.Seed + 4, Device));
                break;
            case "tokens":
                MakeTokens(progress, cancellation);
                break;
            case "base":
                using (var text = LoadTextEncoder())
                    Train(name, recipe.Base.Training, progress, cancellation, () => new BaseStage(
                        recipe.Base, Tokens(), Scenes, Prompts(text), recipe.Seed + 6, Device));
                break;
            case "superres":
                using (var text = LoadTextEncoder())
                    Train(name, recipe.Superres.Training, progress, cancellation, () => new SuperResolutionStage(
                        recipe.Superres, Tokens(), Scenes, Prompts(text), recipe.Seed + 7, Device));
                break;
            default:
                throw new ArgumentException($"There is no stage '{name}': expected one of {string.Join(", ", StageNames)}.", nameof(name));
        }
    }

    /// <summary>Loads the finished text encoder.</summary>
    /// <returns>The network; the caller disposes it.</returns>
    public T5Encoder LoadTextEncoder()
    {
        using var checkpoint = Checkpoint.Open(Finished(WeightsOf("text"), "text"));
        return T5EncoderCheckpoint.Load(recipe.Text.Network, checkpoint, Device);
    }

    /// <summary>Loads a finished VQGAN.</summary>
    /// <param name="stage">The stage that made it.</param>
    /// <param name="config">Its shape.</param>
    /// <returns>The network; the caller disposes it.</returns>
    public VqGan LoadVqGan(string stage, VqGanConfig config)
    {
        using var checkpoint = Checkpoint.Open(Finished(WeightsOf(stage), stage));
        var network = new VqGan(config).to(Device);
        CheckpointTensors.LoadInto(network, checkpoint);
        return network;
    }

    private torch.Device Device => device ?? torch.CPU;

    private string TokensFile => Path.Combine(folder, "tokens.safetensors");

    private SceneSampler Scenes => new(recipe.Seed + 5, recipe.World);

    private TokenDataset Tokens() => TokenDataset.Load(Finished(TokensFile, "tokens"));

    private T5PromptEncoder Prompts(T5Encoder text) => new(LoadTokenizer(), text, recipe.Base.Network.TextLength);

    private SentencePieceTokenizer LoadTokenizer()
    {
        var tokenizer = SentencePieceTokenizer.Load(Finished(TokenizerFile, "tokenizer"));
        var length = recipe.Base.Network.TextLength;
        var captions = Enumerable.Range(0, Math.Min(recipe.Scenes, CheckedCaptions)).Select(i => Scenes.SampleCaption((ulong)i).Text);
        var (longest, pieces) = captions.Select(c => (Text: c, Pieces: tokenizer.EncodeToIds(c).Length)).MaxBy(c => c.Pieces);
        return pieces <= length ? tokenizer : throw new RecipeException(
            $"base.network.textLength is {length}, expected at least {pieces}: so many pieces has the caption '{longest}', which would be cut");
    }

    private void MakeTokens(IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        if (File.Exists(TokensFile))
            return;
        using var low = LoadVqGan("vqgan-base", recipe.VqganBase.Network);
        using var high = LoadVqGan("vqgan-superres", recipe.VqganSuperres.Network);
        var started = time.GetTimestamp();
        TokenDataset.Create(TokensFile, Scenes, recipe.Scenes, low, high, Device, new Counter(progress, recipe.Scenes, () => time.GetElapsedTime(started)), cancellation);
    }

    private void Train(string name, TrainingOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellation, Func<TrainingStage> make)
    {
        if (File.Exists(WeightsOf(name)))
            return;
        using var stage = make();
        new Trainer(stage, options, Path.Combine(folder, name), time).Run(progress, cancellation);
    }

    private static string Finished(string path, string stage) =>
        File.Exists(path) ? path : throw new FileNotFoundException($"The stage '{stage}' is not finished: {path} is not there. Run `muse train {stage}` first.", path);

    private sealed class Counter(IProgress<TrainingProgress>? progress, int total, Func<TimeSpan> elapsed) : IProgress<int>
    {
        public void Report(int done)
        {
            var speed = done / Math.Max(1e-9, elapsed().TotalSeconds);
            progress?.Report(new TrainingProgress(done, total, 0, speed, TimeSpan.FromSeconds((total - done) / speed)));
        }
    }
}
