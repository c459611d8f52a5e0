using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Models.Networks.MuseMaskGitPytorch;
using MuseCluster.Models.Networks.OpenMuse;
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

    /// <summary>open-muse's <see cref="MaskGitTransformer"/>, of texts or of classes.</summary>
    public const string MaskGit = "maskgit";

    /// <summary>muse-maskgit-pytorch's <see cref="Networks.MuseMaskGitPytorch.Transformer"/>, as base and as super-resolution.</summary>
    public const string MuseMaskGitPytorch = "muse-maskgit-pytorch";

    // What a checkpoint of the reference's MaskGit, which holds more than the transformer, puts before the transformer's names.
    private const string WholePrefix = "transformer.";

    /// <summary>Those of the base stage.</summary>
    internal static IReadOnlyDictionary<string, Func<StageConfig, Transformer>> Base { get; } = new Dictionary<string, Func<StageConfig, Transformer>>
    {
        [MuseBase] = stage =>
        {
            var config = stage.Read<BaseTransformerConfig>();
            return new(config.Shape, (checkpoint, device) => CheckpointTensors.Load(() => new BaseTransformer(config), checkpoint, device));
        },
        [UVit2D] = UVit2DModels,
        [MaskGit] = MaskGitModels,
        [MuseMaskGitPytorch] = stage => MuseMaskGitPytorchModels(stage, superres: false),
    };

    /// <summary>Those of the super-resolution stage.</summary>
    internal static IReadOnlyDictionary<string, Func<StageConfig, Transformer>> Superres { get; } = new Dictionary<string, Func<StageConfig, Transformer>>
    {
        [MuseSuperres] = stage =>
        {
            var config = stage.Read<SuperResolutionTransformerConfig>();
            return new(config.Shape, (checkpoint, device) => CheckpointTensors.Load(() => new SuperResolutionTransformer(config), checkpoint, device));
        },
        [MuseMaskGitPytorch] = stage => MuseMaskGitPytorchModels(stage, superres: true),
    };

    private static Transformer UVit2DModels(StageConfig stage)
    {
        var config = UVit2DConfig.Parse(stage.Json.GetRawText(), stage.Label);
        if (config.MicroConds != UVit2DConfig.AmusedMicroConds)
            throw stage.Wrong(".config.micro_cond_embed_dim", $"leaves room for {config.MicroConds} numbers, expected {UVit2DConfig.AmusedMicroConds}: width, height, crop and score");
        return new(config.Shape, (checkpoint, device) => UVit2DCheckpoint.Load(config, checkpoint, device));
    }

    private static Transformer MaskGitModels(StageConfig stage)
    {
        var config = MaskGitConfig.Parse(stage.Json.GetRawText(), stage.Label);
        config.CheckDecodable();
        return new(config.Shape, (checkpoint, device) => new MaskGitMaskedTransformer(MaskGitTransformer.Load(config, checkpoint, device)));
    }

    private static Transformer MuseMaskGitPytorchModels(StageConfig stage, bool superres)
    {
        var config = TransformerConfig.Parse(stage.Json.GetRawText(), stage.Label);
        return new(MaskedTransformer.ShapeOf(config, superres), (checkpoint, device) =>
        {
            var prefix = checkpoint.Tensors.Keys.Any(name => name.StartsWith(WholePrefix + "token_emb.", StringComparison.Ordinal)) ? WholePrefix : "";
            return new MaskedTransformer(Networks.MuseMaskGitPytorch.Transformer.Load(config, checkpoint, prefix, device), superres);
        });
    }
}
