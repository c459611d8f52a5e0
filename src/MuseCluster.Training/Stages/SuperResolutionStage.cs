using MuseCluster.Models.Prompts;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Torch;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.ShapesWorld;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Stages;

/// <summary>Trains the super-resolution transformer on the true low-resolution tokens.</summary>
public sealed class SuperResolutionStage : MaskedTransformerStage
{
    private readonly SuperResolutionTransformer _network;
    private readonly SceneSampler _captions;
    private readonly double _damage, _recolored;
    private readonly ulong _seed;

    /// <summary>Starts from initial weights.</summary>
    /// <param name="recipe">The network and how it is trained.</param>
    /// <param name="data">Token grids.</param>
    /// <param name="captions">The sampler that the grids were made with.</param>
    /// <param name="prompts">The frozen text encoder.</param>
    /// <param name="seed">Fixes weights, choice of scenes, masks and dropped captions.</param>
    /// <param name="device">Where it is trained; the processor where null.</param>
    public SuperResolutionStage(TransformerRecipe<SuperResolutionTransformerConfig> recipe, TokenDataset data, SceneSampler captions, T5PromptEncoder prompts, ulong seed, Device? device = null)
        : base(data, captions, prompts, recipe.Training, seed, device ?? CPU)
    {
        (_captions, _damage, _recolored, _seed) = (captions, recipe.LowDamage, recipe.LowRecolored, seed);
        manual_seed((long)seed);
        _network = new SuperResolutionTransformer(recipe.Network).to(device ?? CPU);
    }

    /// <inheritdoc/>
    public override nn.Module Network => _network;

    /// <inheritdoc/>
    protected override IMaskedTransformer Transformer => _network;

    /// <inheritdoc/>
    protected override ReadOnlySpan<ushort> Grid(int scene) => Data.High(scene);

    /// <inheritdoc/>
    protected override Conditioning Condition(Tensor embeddings, Tensor mask, int[] scenes, long sample)
    {
        var length = Data.Low(0).Length;
        var low = new long[scenes.Length * length];
        for (var i = 0; i < scenes.Length; i++)
        {
            var random = new SceneRandom(~_seed, (ulong)(sample + i));
            GridDamage.Copy(Recolors(scenes[i], ref random) ? Data.Recolored(scenes[i]) : Data.Low(scenes[i]), _damage, ref random, low.AsSpan(i * length, length));
        }
        return _network.Condition(embeddings, mask, tensor(low, [scenes.Length, length], device: embeddings.device));
    }

    // A colour that tells nothing of the shape keeps the network from learning which pairs of them it never saw. Of two objects
    // in no relation only the colours say which is which.
    private bool Recolors(int scene, ref SceneRandom random) =>
        random.NextChance(_recolored) && _captions.SampleCaption((ulong)scene).Kind != CaptionKind.Pair;
}
