using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Models.Stages;
using MuseCluster.Models.Tests.Checkpoints;
using MuseCluster.Models.Tests.Networks.Muse;
using MuseCluster.Models.Tests.Networks.VqGan;
using System.Text.Json.Nodes;
using System.Text.Json;
using VqGanNetwork = MuseCluster.Models.Networks.VqGan.VqGan;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests;

/// <summary>A whole model folder of tiny random networks, whose manifest and weights a test can spoil.</summary>
internal sealed class MuseModelTestsFolder : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, Dictionary<string, float[]>> _weights = [];

    public MuseModelTestsFolder(ScalarType dtype = ScalarType.Float32)
    {
        var text = new T5Config { VocabSize = 40, DModel = 6, DKv = 4, DFf = 8, NumLayers = 1, NumHeads = 2 };
        var @base = TinyMuse.Base();
        var superres = TinyMuse.Superres(2, lowSkip: true);
        var low = TinyVqGan.Config(4, 2, local: true) with { CodebookSize = 11 };
        var high = TinyVqGan.Config(4, 1, local: true) with { CodebookSize = 13 };
        Save("text", new T5Encoder(text), dtype);
        Save("base", new BaseTransformer(@base), dtype);
        Save("superres", new SuperResolutionTransformer(superres), dtype);
        Save("pixels", new VqGanNetwork(high), dtype);
        Save("preview", new VqGanNetwork(low), dtype);
        _folder.Write("tokenizer.json", Tokenizer);
        var manifest = new ModelManifest
        {
            Name = "tiny",
            Licence = "MIT",
            Text = Stage("text", TextNetworks.T5, JsonDocument.Parse(text.ToJson()).RootElement) with
            {
                Tokenizer = new TokenizerManifest { Kind = "sentencepiece", Files = ["tokenizer.json"] },
            },
            Base = Stage("base", TransformerNetworks.MuseBase, Config(@base)),
            Superres = Stage("superres", TransformerNetworks.MuseSuperres, Config(superres)),
            Pixels = Stage("pixels", PixelNetworks.Own, Config(high)),
            Preview = Stage("preview", PixelNetworks.Own, Config(low)),
        };
        manifest.HashFilesAsync(_folder.Path).GetAwaiter().GetResult().Save(_folder.Path);
    }

    public string Path => _folder.Path;

    /// <summary>The values that were saved, of a stage, by tensor.</summary>
    public Dictionary<string, float[]> Weights(string stage) => _weights[stage];

    /// <summary>Changes manifest.json.</summary>
    public void Edit(Action<JsonObject> edit)
    {
        var manifest = JsonNode.Parse(File.ReadAllBytes(_folder["manifest.json"]))!.AsObject();
        edit(manifest);
        _folder.Write("manifest.json", manifest.ToJsonString());
    }

    /// <summary>Changes the configuration of a stage.</summary>
    public void EditConfig(string stage, Action<JsonObject> edit) => Edit(m => edit(m["stages"]![stage]!["config"]!.AsObject()));

    /// <summary>Changes the tensors of a stage.</summary>
    public void EditWeights(string stage, Action<Dictionary<string, Tensor>> edit)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors;
        using (var checkpoint = Checkpoint.Open(_folder[stage + ".safetensors"]))
            tensors = checkpoint.Tensors.ToDictionary(t => t.Key, t => t.Value.ToTensor().clone());
        edit(tensors);
        CheckpointTensors.Save(_folder[stage + ".safetensors"], tensors);
    }

    public void Dispose() => _folder.Dispose();

    private static JsonElement Config<T>(T config) => JsonSerializer.SerializeToElement(config, MuseModel.ConfigJson);

    private static StageManifest Stage(string name, string network, JsonElement config) =>
        new() { Network = network, Weights = [name + ".safetensors"], Config = config };

    private void Save(string name, nn.Module network, ScalarType dtype)
    {
        using (network)
        {
            CheckpointTensors.Save(_folder[name + ".safetensors"], network.state_dict(), dtype);
            using var guard = no_grad();
            _weights[name] = network.state_dict().ToDictionary(t => t.Key, t => t.Value.to(dtype).to(float32).ToArray<float>());
        }
    }

    /// <summary>A tokenizer of single letters.</summary>
    internal static string Tokenizer
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
}
