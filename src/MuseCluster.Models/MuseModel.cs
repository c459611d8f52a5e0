using System.Text.Json;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Models.Tokenizers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models;

/// <summary>The networks of a model folder, loaded and ready for inference.</summary>
public sealed class MuseModel : IDisposable
{
    /// <summary>The manifest's name of <see cref="T5Encoder"/>.</summary>
    public const string TextNetwork = "t5-encoder";

    /// <summary>The manifest's name of <see cref="BaseTransformer"/>.</summary>
    public const string BaseNetwork = "muse-base";

    /// <summary>The manifest's name of <see cref="SuperResolutionTransformer"/>.</summary>
    public const string SuperresNetwork = "muse-superres";

    /// <summary>The manifest's name of <see cref="VqGan"/>.</summary>
    public const string PixelsNetwork = "vqgan";

    /// <summary>How configurations are written in manifests.</summary>
    public static JsonSerializerOptions ConfigJson { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        IgnoreReadOnlyProperties = true,
    };

    private MuseModel(ModelManifest manifest, Device device)
    {
        Manifest = manifest;
        Device = device;
        var text = manifest.Text ?? throw new CheckpointException(manifest.PathOf(ModelManifest.FileName), null, "stages.text: is missing; this model takes no text");
        Tokenizer = SentencePieceTokenizer.Load(manifest.PathOf(text.Tokenizer!.Files[0]));
        Text = T5EncoderCheckpoint.Load(
            T5Config.Parse(Of(text, "text", TextNetwork).GetRawText(), manifest.PathOf(ModelManifest.FileName)), manifest.OpenWeights(text), device);
        Base = Load(manifest.Base, new BaseTransformer(Config<BaseTransformerConfig>(manifest.Base, "base", BaseNetwork)));
        if (manifest.Superres is { } superres)
            Superres = Load(superres, new SuperResolutionTransformer(Config<SuperResolutionTransformerConfig>(superres, "superres", SuperresNetwork)));
        Pixels = Load(manifest.Pixels, new VqGan(Config<VqGanConfig>(manifest.Pixels, "pixels", PixelsNetwork)));
        if (manifest.Preview is { } preview)
            Preview = Load(preview, new VqGan(Config<VqGanConfig>(preview, "preview", PixelsNetwork)));
    }

    /// <summary>What the folder says of itself.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Where the networks are.</summary>
    public Device Device { get; }

    /// <summary>Cuts prompts into pieces.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The text encoder.</summary>
    public T5Encoder Text { get; }

    /// <summary>The base transformer.</summary>
    public BaseTransformer Base { get; }

    /// <summary>The super-resolution transformer, or null where the base grid goes straight to pixels.</summary>
    public SuperResolutionTransformer? Superres { get; }

    /// <summary>Decodes the last grid.</summary>
    public VqGan Pixels { get; }

    /// <summary>Decodes the base grid for previews, or null.</summary>
    public VqGan? Preview { get; }

    /// <summary>Loads a model folder.</summary>
    /// <param name="folder">Where its <c>manifest.json</c> is.</param>
    /// <param name="device">Where the networks go.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="CheckpointException">The manifest or the weights are wrong; everything wrong is named.</exception>
    /// <exception cref="TokenizerFormatException">The tokenizer is wrong.</exception>
    public static MuseModel Load(string folder, Device device) => new(ModelManifest.Load(folder), device);

    /// <inheritdoc/>
    public void Dispose()
    {
        Text.Dispose();
        Base.Dispose();
        Superres?.Dispose();
        Pixels.Dispose();
        Preview?.Dispose();
    }

    private TConfig Config<TConfig>(StageManifest stage, string name, string network)
    {
        try
        {
            return Of(stage, name, network).Deserialize<TConfig>(ConfigJson)!;
        }
        catch (JsonException e)
        {
            throw new CheckpointException(Manifest.PathOf(ModelManifest.FileName), null, $"stages.{name}.config: {e.Message}", e);
        }
    }

    private JsonElement Of(StageManifest stage, string name, string network) =>
        stage.Network == network ? stage.Config
            : throw new CheckpointException(Manifest.PathOf(ModelManifest.FileName), null, $"stages.{name}.network: found '{stage.Network}'; this build knows '{network}'");

    private TNetwork Load<TNetwork>(StageManifest stage, TNetwork network)
        where TNetwork : nn.Module
    {
        using var checkpoint = Manifest.OpenWeights(stage);
        network.requires_grad_(false);
        network.move_to(Device);
        CheckpointTensors.LoadInto(network, checkpoint);
        network.eval();
        return network;
    }
}
