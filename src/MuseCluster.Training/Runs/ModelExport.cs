using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Models.Stages;
using MuseCluster.Models;
using MuseCluster.Torch;
using MuseCluster.Training.Recipes;
using System.Text.Json;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Runs;

/// <summary>Makes a model folder of a finished run: weights in half precision, the tokenizer, curves, and a manifest with hashes.</summary>
public static class ModelExport
{
    /// <summary>Writes the folder; other files in it stay.</summary>
    /// <param name="plan">The run; every stage is finished.</param>
    /// <param name="folder">The model folder.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The manifest.</returns>
    public static async Task<ModelManifest> WriteAsync(TrainingPlan plan, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var recipe = plan.Recipe;
        using (var text = plan.LoadTextEncoder())
            Save(folder, "text", text);
        using (var low = plan.LoadVqGan("vqgan-base", recipe.VqganBase.Network))
            Save(folder, "preview", low);
        var pixels = Pixels(plan, folder);
        foreach (var stage in new[] { "base", "superres" })
            Convert(plan.WeightsOf(stage), Path.Combine(folder, stage + ".safetensors"));
        File.Copy(plan.TokenizerFile, Path.Combine(folder, "spiece.model"), overwrite: true);
        Curves(plan, folder);

        var manifest = new ModelManifest
        {
            Name = recipe.Name,
            Description = recipe.Description,
            Licence = "MIT",
            Text = Stage("text", TextNetworks.T5, JsonDocument.Parse(recipe.Text.Network.ToJson()).RootElement) with
            {
                Tokenizer = new TokenizerManifest { Kind = TextNetworks.SentencePieceKind, Files = ["spiece.model"] },
            },
            Base = Stage("base", TransformerNetworks.MuseBase, recipe.Base.Network),
            Superres = Stage("superres", TransformerNetworks.MuseSuperres, recipe.Superres.Network),
            Pixels = Stage("pixels", PixelNetworks.Own, pixels),
            Preview = Stage("preview", PixelNetworks.Own, recipe.VqganBase.Network),
            Defaults = recipe.Defaults,
        };
        return (await manifest.HashFilesAsync(folder, cancellation: cancellation)).Save(folder);
    }

    private static VqGanConfig Pixels(TrainingPlan plan, string folder)
    {
        using var network = plan.LoadVqGan("vqgan-superres", plan.Recipe.VqganSuperres.Network);
        if (plan.Recipe.Decoder is not { } recipe)
        {
            Save(folder, "pixels", network);
            return network.Config;
        }
        using var larger = new VqGanDecoder(recipe.Network);
        using var checkpoint = Checkpoint.Open(plan.WeightsOf("decoder"));
        CheckpointTensors.LoadInto(larger, checkpoint);
        Write(folder, "pixels", network.state_dict().Where(t => !t.Key.StartsWith("decoder.", StringComparison.Ordinal))
            .Concat(larger.state_dict().Select(t => KeyValuePair.Create("decoder." + t.Key, t.Value))));
        return network.Config with { Decoder = recipe.Network.Decoder };
    }

    private static void Save(string folder, string name, nn.Module network) => Write(folder, name, network.state_dict());

    private static void Write(string folder, string name, IEnumerable<KeyValuePair<string, Tensor>> tensors) =>
        CheckpointTensors.Save(Path.Combine(folder, name + ".safetensors"), tensors, float16);

    private static void Convert(string from, string to)
    {
        using var scope = NewDisposeScope();
        using var checkpoint = Checkpoint.Open(from);
        CheckpointTensors.Save(to, checkpoint.Tensors.Select(t => KeyValuePair.Create(t.Key, t.Value.ToTensor())), float16);
    }

    private static void Curves(TrainingPlan plan, string folder)
    {
        foreach (var stage in TrainingPlan.StageNames)
            foreach (var picture in new[] { "loss.png", "samples.png" })
            {
                var from = Path.Combine(Path.GetDirectoryName(plan.WeightsOf(stage))!, picture);
                if (!File.Exists(from))
                    continue;
                Directory.CreateDirectory(Path.Combine(folder, "curves"));
                File.Copy(from, Path.Combine(folder, "curves", $"{stage}-{picture}"), overwrite: true);
            }
    }

    private static StageManifest Stage<TConfig>(string name, string network, TConfig config) => new()
    {
        Network = network,
        Weights = [name + ".safetensors"],
        Config = config is JsonElement element ? element : JsonSerializer.SerializeToElement(config, MuseModel.ConfigJson),
    };
}
