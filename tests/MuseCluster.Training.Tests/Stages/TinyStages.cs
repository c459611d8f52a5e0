using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using MuseCluster.Models.Prompts;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Models.Tokenizers;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.ShapesWorld;
using MuseCluster.Training.Stages;
using MuseCluster.Training.Tests.Runs;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Tests.Stages;

/// <summary>Training stages small enough for tests, with the data they need.</summary>
internal static class TinyStages
{
    public const int Codes = 8;

    public static SceneSampler Scenes { get; } = new(9);

    public static VqGanRecipe VqGan(int resolution, int steps, int codes = 16, int channels = 8) => new()
    {
        Network = new VqGanConfig
        {
            Resolution = resolution, CodebookSize = codes, CodebookDim = 4, NormGroups = 4,
            Encoder = new VqGanStackConfig { Patch = 4, Channels = [8], Blocks = [[1]], Local = true },
            Decoder = new VqGanStackConfig { Patch = 4, Channels = [channels], Blocks = [[3]] },
        },
        Training = Options(steps),
        AutoencoderShare = 0.34,
    };

    public static BaseTransformerConfig Base { get; } = new()
    {
        CodebookSize = Codes, GridSize = 4, TextDim = 8, TextLength = 64, Dim = 32, Layers = 2, Heads = 2, MlpDim = 64, TokenDim = 16,
    };

    public static SuperResolutionTransformerConfig Superres { get; } = new()
    {
        CodebookSize = Codes, GridSize = 8, TextDim = 8, TextLength = 64, Dim = 16, Layers = 1, Heads = 2, MlpDim = 32, TokenDim = 8, Patch = 2,
        LowCodebookSize = Codes, LowGridSize = 4, LowLayers = 1, LowSkip = true,
    };

    public static TrainingOptions Options(int steps) => new() { Steps = steps, BatchSize = 2, WarmupSteps = 2, EmaDecay = 0.9, LabelSmoothing = 0.05 };

    /// <summary>Random 4x4 and 8x8 grids.</summary>
    public static TokenDataset Tokens(int scenes)
    {
        using var run = new TempRun();
        var random = new Random(4);
        byte[] Grids(int tokens) => MemoryMarshal.AsBytes(Enumerable.Range(0, scenes * tokens).Select(_ => (ushort)random.Next(Codes)).ToArray().AsSpan()).ToArray();
        SafetensorsWriter.Write(run["tokens"], [
            TensorSource.FromBytes("low", TensorDType.U8, [scenes, 32], Grids(16)),
            TensorSource.FromBytes("recolored", TensorDType.U8, [scenes, 32], Grids(16)),
            TensorSource.FromBytes("high", TensorDType.U8, [scenes, 128], Grids(64)),
        ]);
        return TokenDataset.Load(run["tokens"]);
    }

    /// <summary>A random text encoder that reads letters.</summary>
    public static T5Encoder Text()
    {
        manual_seed(3);
        var encoder = new T5Encoder(new T5Config { VocabSize = 30, DModel = 8, DKv = 4, DFf = 16, NumLayers = 1, NumHeads = 2 });
        encoder.requires_grad_(false);
        return encoder;
    }

    public static T5PromptEncoder Prompts(T5Encoder text) => new(Letters(), text, Base.TextLength);

    public static BaseStage BaseStage(T5Encoder text, int scenes, TrainingOptions training) =>
        new(new TransformerRecipe<BaseTransformerConfig> { Network = Base, Training = training }, Tokens(scenes), Scenes, Prompts(text), 5);

    public static SuperResolutionStage SuperresStage(T5Encoder text, int scenes, TrainingOptions training, double damage = 0.5, double recolored = 0.5, SceneSampler? captions = null)
    {
        var recipe = new TransformerRecipe<SuperResolutionTransformerConfig> { Network = Superres, Training = training, LowDamage = damage, LowRecolored = recolored };
        return new(recipe, Tokens(scenes), captions ?? Scenes, Prompts(text), 5);
    }

    private static SentencePieceTokenizer Letters()
    {
        using var run = new TempRun();
        string[] special = ["<pad>", "</s>", "<unk>"];
        var vocab = special.Select(s => new JsonArray(s, 0.0)).Append(new JsonArray("▁", -1.0))
            .Concat(Enumerable.Range('a', 26).Select(c => new JsonArray(((char)c).ToString(), -2.0)));
        File.WriteAllText(run["letters.json"], new JsonObject
        {
            ["added_tokens"] = new JsonArray([.. special.Select((s, i) => new JsonObject
            {
                ["id"] = i, ["content"] = s, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
            })]),
            ["pre_tokenizer"] = new JsonObject { ["type"] = "Metaspace", ["replacement"] = "▁", ["prepend_scheme"] = "always", ["split"] = true },
            ["model"] = new JsonObject { ["type"] = "Unigram", ["unk_id"] = 2, ["vocab"] = new JsonArray([.. vocab]), ["byte_fallback"] = false },
        }.ToJsonString());
        return SentencePieceTokenizer.Load(run["letters.json"]);
    }
}
