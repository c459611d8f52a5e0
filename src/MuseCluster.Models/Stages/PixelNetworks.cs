using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Autoencoders.Diffusers;
using MuseCluster.Models.Networks.Autoencoders.OpenMuse;
using MuseCluster.Models.Networks.Autoencoders.Taming;
using MuseCluster.Models.Networks.VqGan;
using Pixels = MuseCluster.Models.Stages.StageNetwork<MuseCluster.Models.Networks.PixelDecoderShape, MuseCluster.Models.Networks.IPixelDecoder>;

namespace MuseCluster.Models.Stages;

/// <summary>The networks that can decode grids to pixels, by their type ids in manifests.</summary>
public static class PixelNetworks
{
    /// <summary><see cref="Networks.VqGan.VqGan"/>.</summary>
    public const string Own = "vqgan";

    /// <summary><see cref="DiffusersVqModel"/>.</summary>
    public const string Diffusers = "diffusers-vq";

    /// <summary><see cref="TamingVqModel"/>.</summary>
    public const string Taming = "taming-vqgan";

    /// <summary><see cref="Networks.Autoencoders.OpenMuse.MaskGitVqGan"/>.</summary>
    public const string MaskGit = "maskgit-vqgan";

    /// <summary><see cref="Networks.Autoencoders.OpenMuse.OpenMuseVqGan"/>.</summary>
    public const string OpenMuse = "open-muse-vqgan";

    /// <summary><see cref="PaellaVqModel"/>.</summary>
    public const string Paella = "paella-vq";

    /// <summary>All of them.</summary>
    internal static IReadOnlyDictionary<string, Func<StageConfig, Pixels>> All { get; } = new Dictionary<string, Func<StageConfig, Pixels>>
    {
        [Own] = stage =>
        {
            var config = stage.Read<VqGanConfig>();
            return new(config.Shape, (checkpoint, device) => CheckpointTensors.Load(() => new VqGan(config), checkpoint, device));
        },
        [Diffusers] = stage =>
        {
            var config = DiffusersVqConfig.Read(stage.Json, stage.Label);
            return new(config.Shape, (checkpoint, device) => DiffusersVqModel.Load(config, checkpoint, device));
        },
        [Taming] = stage =>
        {
            var config = TamingVqConfig.Read(stage.Json, stage.Label);
            return new(config.Shape, (checkpoint, device) => TamingVqModel.Load(config, checkpoint, device));
        },
        [MaskGit] = stage =>
        {
            var config = MaskGitVqGanConfig.Read(stage.Json, stage.Label);
            return new(config.Shape, (checkpoint, device) => MaskGitVqGan.Load(config, checkpoint, device));
        },
        [OpenMuse] = stage =>
        {
            var config = OpenMuseVqGanConfig.Read(stage.Json, stage.Label);
            return new(config.Shape, (checkpoint, device) => OpenMuseVqGan.Load(config, checkpoint, device));
        },
        [Paella] = stage =>
        {
            var config = PaellaVqConfig.Read(stage.Json, stage.Label);
            return new(config.Shape, (checkpoint, device) => PaellaVqModel.Load(config, checkpoint, device));
        },
    };
}
