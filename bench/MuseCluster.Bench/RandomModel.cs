using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Torch;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.Runs;
using MuseCluster.Training.Stages;

namespace MuseCluster.Bench;

/// <summary>
/// A model folder with a recipe's shapes and initial weights: what a benchmark needs where no model is trained yet. It is
/// gone when it is disposed.
/// </summary>
public sealed class RandomModel : IDisposable
{
    // The vocabulary has to exist, not to be good.
    private const int Captions = 2000;
    private readonly string _root = Directory.CreateTempSubdirectory("muse-bench-").FullName;

    private RandomModel()
    {
    }

    /// <summary>The model folder.</summary>
    public string Folder => Path.Combine(_root, "model");

    /// <summary>Writes a model.</summary>
    /// <param name="recipe">What determines its shapes.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The model, in a temporary folder.</returns>
    /// <exception cref="InvalidOperationException">The vocabulary cannot be made: <c>spm_train</c> is missing.</exception>
    public static async Task<RandomModel> CreateAsync(Recipe recipe, CancellationToken cancellation)
    {
        var model = new RandomModel();
        try
        {
            var plan = new TrainingPlan(recipe, Path.Combine(model._root, "run"), TimeProvider.System);
            Directory.CreateDirectory(Path.GetDirectoryName(plan.TokenizerFile)!);
            CaptionTokenizer.Train(recipe.Tokenizer with { Captions = Captions }, recipe.World, recipe.Seed, plan.TokenizerFile);
            Save(plan, "text", new T5Encoder(recipe.Text.Network));
            Save(plan, "vqgan-base", new VqGan(recipe.VqganBase.Network));
            Save(plan, "vqgan-superres", new VqGan(recipe.VqganSuperres.Network));
            if (recipe.Decoder is { } decoder)
                Save(plan, "decoder", new VqGanDecoder(decoder.Network));
            Save(plan, "base", new BaseTransformer(recipe.Base.Network));
            Save(plan, "superres", new SuperResolutionTransformer(recipe.Superres.Network));
            await ModelExport.WriteAsync(plan, model.Folder, cancellation).ConfigureAwait(false);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static void Save(TrainingPlan plan, string stage, torch.nn.Module network)
    {
        using (network)
        {
            var file = plan.WeightsOf(stage);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            CheckpointTensors.Save(file, network.state_dict());
        }
    }
}
