using MuseCluster.Models.Prompts;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Torch;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.ShapesWorld;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Stages;

/// <summary>Trains the base transformer.</summary>
public sealed class BaseStage : MaskedTransformerStage
{
    private readonly BaseTransformer _network;

    /// <summary>Starts from initial weights.</summary>
    /// <param name="recipe">The network and how it is trained.</param>
    /// <param name="data">Token grids.</param>
    /// <param name="captions">The sampler that the grids were made with.</param>
    /// <param name="prompts">The frozen text encoder.</param>
    /// <param name="seed">Fixes weights, choice of scenes, masks and dropped captions.</param>
    /// <param name="device">Where it is trained; the processor where null.</param>
    public BaseStage(TransformerRecipe<BaseTransformerConfig> recipe, TokenDataset data, SceneSampler captions, T5PromptEncoder prompts, ulong seed, Device? device = null)
        : base(data, captions, prompts, recipe.Training, seed, device ?? CPU)
    {
        manual_seed((long)seed);
        _network = new BaseTransformer(recipe.Network).to(device ?? CPU);
    }

    /// <inheritdoc/>
    public override nn.Module Network => _network;

    /// <inheritdoc/>
    protected override IMaskedTransformer Transformer => _network;

    /// <inheritdoc/>
    protected override ReadOnlySpan<ushort> Grid(int scene) => Data.Low(scene);

    /// <inheritdoc/>
    protected override Conditioning Condition(Tensor embeddings, Tensor mask, int[] scenes, long sample) => _network.Condition(embeddings, mask);
}
