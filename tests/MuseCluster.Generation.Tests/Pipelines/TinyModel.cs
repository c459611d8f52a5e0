using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Models.Stages;
using MuseCluster.Models;
using System.Text.Json.Nodes;
using System.Text.Json;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Pipelines;

/// <summary>A model of tiny random networks, by way of a folder of its own: 6x6 and 12x12 tokens, 48x48 pixels.</summary>
internal sealed class TinyModel : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muse-tiny-").FullName;

    public TinyModel(bool superres = true)
    {
        manual_seed(11);
        var text = new T5Config { VocabSize = 30, DModel = 8, DKv = 4, DFf = 16, NumLayers = 1, NumHeads = 2 };
        var low = Pixels(24, 31, levels: 1);
        var high = Pixels(48, 37, levels: 1);
        var baseConfig = new BaseTransformerConfig
        {
            CodebookSize = 31, GridSize = 6, TextDim = 8, TextLength = 12, Dim = 32, Layers = 2, Heads = 2, MlpDim = 48, Patch = 2, TokenDim = 16,
        };
        var superresConfig = new SuperResolutionTransformerConfig
        {
            CodebookSize = 37, GridSize = 12, TextDim = 8, TextLength = 12, Dim = 32, Layers = 1, Heads = 2, MlpDim = 48, Patch = 2, TokenDim = 16,
            LowCodebookSize = 31, LowGridSize = 6, LowLayers = 1, LowSkip = true,
        };
        var manifest = new ModelManifest
        {
            Name = "tiny",
            Licence = "MIT",
            Text = Save("text", TextNetworks.T5, JsonDocument.Parse(text.ToJson()).RootElement, new T5Encoder(text)) with
            {
                Tokenizer = new TokenizerManifest { Kind = "sentencepiece", Files = ["tokenizer.json"] },
            },
            Base = Save("base", TransformerNetworks.MuseBase, Json(baseConfig), new BaseTransformer(baseConfig)),
            Superres = superres ? Save("superres", TransformerNetworks.MuseSuperres, Json(superresConfig), new SuperResolutionTransformer(superresConfig)) : null,
            Pixels = superres ? Save("pixels", PixelNetworks.Own, Json(high), new VqGan(high)) : Save("pixels", PixelNetworks.Own, Json(low), new VqGan(low)),
            Preview = superres ? Save("preview", PixelNetworks.Own, Json(low), new VqGan(low)) : null,
            Defaults = new GenerationDefaults { Steps = 4, SrSteps = 3, Guidance = 2, SrGuidance = 1, Temperature = 0.5, Schedule = "linear" },
        };
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), Tokenizer);
        manifest.HashFilesAsync(_folder).GetAwaiter().GetResult().Save(_folder);
        Model = MuseModel.Load(_folder, CPU);
    }

    public MuseModel Model { get; }

    /// <summary>A tokenizer of single letters.</summary>
    public static string Tokenizer
    {
        get
        {
            string[] special = ["<pad>", "</s>", "<unk>"];
            var vocab = special.Select(s => new JsonArray(s, 0.0)).Append(new JsonArray("▁", -1.0))
                .Concat(Enumerable.Range('a', 26).Select(c => new JsonArray(((char)c).ToString(), -2.0)));
            return new JsonObject
            {
                ["added_tokens"] = new JsonArray([.. special.Select((s, i) => new JsonObject
                {
                    ["id"] = i, ["content"] = s, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
                })]),
                ["pre_tokenizer"] = new JsonObject { ["type"] = "Metaspace", ["replacement"] = "▁", ["prepend_scheme"] = "always", ["split"] = true },
                ["model"] = new JsonObject { ["type"] = "Unigram", ["unk_id"] = 2, ["vocab"] = new JsonArray([.. vocab]), ["byte_fallback"] = false },
            }.ToJsonString();
        }
    }

    public void Dispose()
    {
        Model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static VqGanConfig Pixels(int resolution, int codes, int levels)
    {
        var stack = new VqGanStackConfig { Patch = 4, Channels = [.. Enumerable.Repeat(8, levels)], Blocks = [.. Enumerable.Repeat(new[] { 1 }, levels)], Local = true };
        return new VqGanConfig { Resolution = resolution, CodebookSize = codes, CodebookDim = 4, NormGroups = 4, Encoder = stack, Decoder = stack };
    }

    private static JsonElement Json<T>(T config) => JsonSerializer.SerializeToElement(config, MuseModel.ConfigJson);

    private StageManifest Save(string name, string network, JsonElement config, nn.Module module)
    {
        using (module)
        {
            using var guard = no_grad();
            if (module.state_dict().TryGetValue("output.head.weight", out var head))
                head.mul_(6);
            CheckpointTensors.Save(Path.Combine(_folder, name + ".safetensors"), module.state_dict());
        }
        return new StageManifest { Network = network, Weights = [name + ".safetensors"], Config = config };
    }
}
