using System.Text.Json;
using MuseCluster.Generation.Tests.Pipelines;
using MuseCluster.Models;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Models.Stages;
using MuseCluster.Tests.Shared;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Families;

/// <summary>A model folder of golden transformers, with text encoders and autoencoders that go with them.</summary>
internal sealed class FamilyFolder : IDisposable
{
    private FamilyFolder() => Path = Directory.CreateTempSubdirectory("muse-family-").FullName;

    public string Path { get; }

    /// <summary>open-muse's class model; none of its stages is of texts.</summary>
    public static FamilyFolder Classes(Func<ModelManifest, ModelManifest>? edit = null) => Make(folder => new ModelManifest
    {
        Name = "classes", Licence = "MIT",
        Base = folder.Golden("base", "openmuse_maskgit_class", TransformerNetworks.MaskGit, "pytorch_model.safetensors"),
        Pixels = folder.Pixels("pixels", side: 4, codes: 48),
        Defaults = new GenerationDefaults { Rule = "open-muse", Steps = 5, Guidance = 0, Temperature = 1.5 },
    }, edit);

    /// <summary>open-muse's text model, of T5 or of CLIP without pooled vectors.</summary>
    public static FamilyFolder Texts(bool clip, Func<ModelManifest, ModelManifest>? edit = null) => Make(folder => new ModelManifest
    {
        Name = "texts", Licence = "MIT",
        Text = clip ? folder.Clip() : folder.T5("tokenizer_config.json"),
        Base = folder.Golden("base", "openmuse_maskgit_text", TransformerNetworks.MaskGit, "pytorch_model.safetensors", clip ? 24 : 20),
        Pixels = folder.Pixels("pixels", side: 4, codes: 48),
        Defaults = new GenerationDefaults { Rule = "open-muse", Steps = 5, Guidance = 3, Temperature = 1.5 },
    }, edit);

    /// <summary>muse-maskgit-pytorch's base and super-resolution models.</summary>
    public static FamilyFolder Pytorch(Func<ModelManifest, ModelManifest>? edit = null) => Make(folder => new ModelManifest
    {
        Name = "pytorch", Licence = "MIT",
        Text = folder.T5(),
        Base = folder.Golden("base", "lucid_base_transformer", TransformerNetworks.MuseMaskGitPytorch, "model.safetensors"),
        Superres = folder.Golden("superres", "lucid_superres_selfcond", TransformerNetworks.MuseMaskGitPytorch, "model.safetensors"),
        Pixels = folder.Pixels("pixels", side: 6, codes: 64),
        Preview = folder.Pixels("preview", side: 4, codes: 64),
        Defaults = new GenerationDefaults { Rule = "muse-maskgit-pytorch", Steps = 5, SrSteps = 4, Guidance = 3, SrGuidance = 3, Temperature = 1 },
    }, edit);

    public MuseModel Load() => MuseModel.Load(Path, CPU);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static FamilyFolder Make(Func<FamilyFolder, ModelManifest> manifest, Func<ModelManifest, ModelManifest>? edit)
    {
        manual_seed(5);
        var folder = new FamilyFolder();
        ModelManifest made = manifest(folder);
        (edit is null ? made : edit(made)).HashFilesAsync(folder.Path).GetAwaiter().GetResult().Save(folder.Path);
        return folder;
    }

    private static string Case(string name) => System.IO.Path.Combine(Repository.Root, "tests", "golden", name);

    private string In(string file) => System.IO.Path.Combine(Path, file);

    // Of another text width, with projections of texts made for it.
    private StageManifest Golden(string stage, string name, string network, string weights, int? textWidth = null)
    {
        string file = $"{stage}.safetensors", json = File.ReadAllText(System.IO.Path.Combine(Case(name), "config.json"));
        File.Copy(System.IO.Path.Combine(Case(name), weights), In(file));
        if (textWidth is { } width && !json.Contains($"\"encoder_hidden_size\": {width}", StringComparison.Ordinal))
        {
            json = json.Replace("\"encoder_hidden_size\": 20", $"\"encoder_hidden_size\": {width}", StringComparison.Ordinal);
            using var scope = NewDisposeScope();
            Dictionary<string, Torch.torch.Tensor> tensors;
            using (var checkpoint = Checkpoint.Open(In(file)))
                tensors = checkpoint.Tensors.ToDictionary(t => t.Key, t => t.Value.ToTensor().clone());
            tensors["encoder_proj.weight"] = randn(tensors["encoder_proj.weight"].size(0), width);
            CheckpointTensors.Save(In(file), tensors);
        }

        return new StageManifest { Network = network, Weights = [file], Config = JsonDocument.Parse(json).RootElement };
    }

    private StageManifest T5(string? settings = null)
    {
        var config = new T5Config { VocabSize = 30, DModel = 20, DKv = 4, DFf = 16, NumLayers = 1, NumHeads = 2 };
        using (var encoder = new T5Encoder(config))
            CheckpointTensors.Save(In("text.safetensors"), encoder.state_dict());
        File.WriteAllText(In("tokenizer.json"), TinyModel.Tokenizer);
        if (settings is not null)
            File.WriteAllText(In(settings), """{"model_max_length": 9}""");
        return new StageManifest
        {
            Network = TextNetworks.T5, Weights = ["text.safetensors"], Config = JsonDocument.Parse(config.ToJson()).RootElement,
            Tokenizer = new TokenizerManifest { Kind = "sentencepiece", Files = settings is null ? ["tokenizer.json"] : ["tokenizer.json", settings] },
        };
    }

    private StageManifest Clip()
    {
        foreach (string part in new[] { "text_encoder", "tokenizer" })
        {
            Directory.CreateDirectory(In(part));
            foreach (string file in Directory.GetFiles(System.IO.Path.Combine(Case("amused_pipeline_tiny"), part)))
                File.Copy(file, System.IO.Path.Combine(In(part), System.IO.Path.GetFileName(file)));
        }

        return new StageManifest
        {
            Network = TextNetworks.Clip, Weights = ["text_encoder/model.safetensors"], Config = JsonDocument.Parse(File.ReadAllText(In("text_encoder/config.json"))).RootElement,
            Tokenizer = new TokenizerManifest
            {
                Kind = TextNetworks.ClipTokenizerKind,
                Files = ["tokenizer/vocab.json", "tokenizer/merges.txt", "tokenizer/special_tokens_map.json", "tokenizer/tokenizer_config.json"],
            },
        };
    }

    private StageManifest Pixels(string stage, int side, int codes)
    {
        var stack = new VqGanStackConfig { Patch = 4, Channels = [8], Blocks = [[1]], Local = true };
        var config = new VqGanConfig { Resolution = 4 * side, CodebookSize = codes, CodebookDim = 4, NormGroups = 4, Encoder = stack, Decoder = stack };
        using (var network = new VqGan(config))
            CheckpointTensors.Save(In($"{stage}.safetensors"), network.state_dict());
        return new StageManifest { Network = PixelNetworks.Own, Weights = [$"{stage}.safetensors"], Config = JsonSerializer.SerializeToElement(config, MuseModel.ConfigJson) };
    }
}
