using System.Text.Json;
using MuseCluster.Models;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Stages;
using MuseCluster.Tests.Shared;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Families;

/// <summary>The golden pipeline of aMUSEd as a model folder.</summary>
internal sealed class AmusedFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muse-amused-").FullName;

    public AmusedFolder()
    {
        string golden = Path.Combine(Repository.Root, "tests", "golden", "amused_pipeline_tiny");
        foreach (string part in new[] { "text_encoder", "tokenizer", "transformer", "vqvae" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, part));
            foreach (string file in Directory.GetFiles(Path.Combine(golden, part)))
                File.Copy(file, Path.Combine(_folder, part, Path.GetFileName(file)));
        }

        var manifest = new ModelManifest
        {
            Name = "amused-tiny",
            Licence = "MIT",
            Text = Stage("text_encoder", TextNetworks.Clip, "model.safetensors") with
            {
                Tokenizer = new TokenizerManifest
                {
                    Kind = TextNetworks.ClipTokenizerKind,
                    Files = ["tokenizer/vocab.json", "tokenizer/merges.txt", "tokenizer/special_tokens_map.json", "tokenizer/tokenizer_config.json"],
                },
            },
            Base = Stage("transformer", TransformerNetworks.UVit2D, "diffusion_pytorch_model.safetensors"),
            Pixels = Stage("vqvae", PixelNetworks.Diffusers, "diffusion_pytorch_model.safetensors"),
            Defaults = new GenerationDefaults { Rule = "amused", Steps = 6, Guidance = 4, Temperature = 2 },
        };
        manifest.HashFilesAsync(_folder).GetAwaiter().GetResult().Save(_folder);
        Model = MuseModel.Load(_folder, CPU);
    }

    public MuseModel Model { get; }

    public void Dispose()
    {
        Model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private StageManifest Stage(string part, string network, string weights) => new()
    {
        Network = network,
        Weights = [$"{part}/{weights}"],
        Config = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, part, "config.json"))).RootElement,
    };
}
