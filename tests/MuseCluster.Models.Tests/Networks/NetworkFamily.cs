using System.Text.Json;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Models.Networks.Autoencoders.Diffusers;
using MuseCluster.Models.Networks.Autoencoders.OpenMuse;
using MuseCluster.Models.Networks.Autoencoders.Taming;
using MuseCluster.Models.Networks.Clip;
using MuseCluster.Models.Networks.MuseMaskGitPytorch;
using MuseCluster.Models.Networks.OpenMuse;
using MuseCluster.Models.Networks.T5;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks;

/// <summary>A kind of network whose files can be loaded: how its golden cases are known, and how they are loaded.</summary>
/// <param name="Name">What tests call it.</param>
/// <param name="Prefix">How the names of its cases begin, where their config.json does not say a class.</param>
/// <param name="ClassName">What their config.json calls the class, <c>_class_name</c>; null where it says none.</param>
/// <param name="Load">Loads a network from the paths of a configuration and of a checkpoint.</param>
internal sealed record NetworkFamily(string Name, string Prefix, string? ClassName, Func<string, Checkpoint, nn.Module> Load)
{
    public static NetworkFamily T5 { get; } = new("T5", "t5_", null, (config, weights) => T5EncoderCheckpoint.Load(T5Config.Read(config), weights));

    public static NetworkFamily ClipText { get; } = new("CLIP text", "clip_text_", null, (config, weights) => ClipTextCheckpoint.Load(ClipTextConfig.Read(config), weights));

    public static NetworkFamily DiffusersUVit { get; } =
        new("diffusers U-ViT", "amused_uvit_", "UVit2DModel", (config, weights) => UVit2DCheckpoint.Load(UVit2DConfig.Read(config), weights));

    public static NetworkFamily OpenMuseUVit { get; } =
        new("open-muse U-ViT", "openmuse_uvit_", "MaskGiTUViT_v2", (config, weights) => UVit2DCheckpoint.Load(UVit2DConfig.Read(config), weights));

    public static NetworkFamily MaskGit { get; } =
        new("MaskGitTransformer", "openmuse_maskgit_", "MaskGitTransformer", (config, weights) => MaskGitTransformer.Load(MaskGitConfig.Read(config), weights));

    public static NetworkFamily MuseMaskGitPytorch { get; } =
        new("muse-maskgit-pytorch", "lucid_", null, (config, weights) => Transformer.Load(TransformerConfig.Read(config), weights));

    public static NetworkFamily DiffusersVq { get; } =
        new("diffusers VQModel", "amused_vq_", "VQModel", (config, weights) => DiffusersVqModel.Load(DiffusersVqConfig.Read(config), weights));

    public static NetworkFamily Kl { get; } =
        new("AutoencoderKL", "autoencoder_kl_", "AutoencoderKL", (config, weights) => AutoencoderKl.Load(AutoencoderKlConfig.Read(config), weights));

    public static NetworkFamily MaskGitVq { get; } =
        new("MaskGitVQGAN", "openmuse_maskgit_vqgan_", "MaskGitVQGAN", (config, weights) => MaskGitVqGan.Load(MaskGitVqGanConfig.Read(config), weights));

    public static NetworkFamily OpenMuseVq { get; } =
        new("open-muse VQGAN", "openmuse_vqgan_", "VQGANModel", (config, weights) => OpenMuseVqGan.Load(OpenMuseVqGanConfig.Read(config), weights));

    public static NetworkFamily Paella { get; } =
        new("PaellaVQ", "openmuse_paella_vq_", "PaellaVQModel", (config, weights) => PaellaVqModel.Load(PaellaVqConfig.Read(config), weights));

    public static NetworkFamily Taming { get; } = new("taming VQGAN", "taming_", null, (config, weights) => TamingVqModel.Load(TamingVqConfig.Read(config), weights));

    public static IReadOnlyList<NetworkFamily> All { get; } =
        [T5, ClipText, DiffusersUVit, OpenMuseUVit, MaskGit, MuseMaskGitPytorch, DiffusersVq, Kl, MaskGitVq, OpenMuseVq, Paella, Taming];

    public static TheoryData<string> Names => [.. All.Select(family => family.Name)];

    /// <summary>The family of that name.</summary>
    public static NetworkFamily Of(string name) => All.Single(family => family.Name == name);

    /// <summary>Whether a golden case is of this family: its class decides where its configuration has one, its name elsewhere.</summary>
    /// <param name="folder">The case's folder.</param>
    public bool Has(string folder)
    {
        string config = Path.Combine(folder, "config.json");
        if (!File.Exists(config)) return false;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(config));
        return document.RootElement.TryGetProperty("_class_name", out JsonElement name)
            ? name.GetString() == ClassName
            : ClassName is null && Path.GetFileName(folder).StartsWith(Prefix, StringComparison.Ordinal);
    }

    public override string ToString() => Name;
}
