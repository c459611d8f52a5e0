using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Models.Networks.Muse;
using Transformer = MuseCluster.Models.Stages.StageNetwork<MuseCluster.Models.Networks.MaskedTransformerShape, MuseCluster.Models.Networks.IMaskedTransformer>;

namespace MuseCluster.Models.Stages;

/// <summary>The networks that can decode grids, by their type ids in manifests.</summary>
public static class TransformerNetworks
{
    /// <summary><see cref="BaseTransformer"/>.</summary>
    public const string MuseBase = "muse-base";

    /// <summary><see cref="SuperResolutionTransformer"/>.</summary>
    public const string MuseSuperres = "muse-superres";

    /// <summary><see cref="UVit2DModel"/>, of diffusers or of open-muse.</summary>
    public const string UVit2D = "uvit-2d";

    /// <summary>Those of the base stage.</summary>
    internal static IReadOnlyDictionary<string, Func<StageConfig, Transformer>> Base { get; } = new Dictionary<string, Func<StageConfig, Transformer>>
    {
        [MuseBase] = stage =>
        {
            var config = stage.Read<BaseTransformerConfig>();
            return new(config.Shape, (checkpoint, device) => StageConfig.Load(() => new BaseTransformer(config), checkpoint, device));
        },
        [UVit2D] = UVit2DModels,
    };

    /// <summary>Those of the super-resolution stage.</summary>
    internal static IReadOnlyDictionary<string, Func<StageConfig, Transformer>> Superres { get; } = new Dictionary<string, Func<StageConfig, Transformer>>
    {
        [MuseSuperres] = stage =>
        {
            var config = stage.Read<SuperResolutionTransformerConfig>();
            return new(config.Shape, (checkpoint, device) => StageConfig.Load(() => new SuperResolutionTransformer(config), checkpoint, device));
        },
    };

    private static Transformer UVit2DModels(StageConfig stage)
    {
        var config = UVit2DConfig.Parse(stage.Json.GetRawText(), stage.Label);
        if (config.MicroConds != UVit2DConfig.AmusedMicroConds)
            throw stage.Wrong(".config.micro_cond_embed_dim", $"leaves room for {config.MicroConds} numbers, expected {UVit2DConfig.AmusedMicroConds}: width, height, crop and score");
        return new(config.Shape, (checkpoint, device) => UVit2DCheckpoint.Load(config, checkpoint, device));
    }
}
