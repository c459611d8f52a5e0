using System.Text.Json;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Memory;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Prompts;
using MuseCluster.Models.Stages;
using MuseCluster.Models.Tokenizers;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models;

/// <summary>The networks of a model folder, of whatever families they are, loaded and ready for inference.</summary>
public sealed class MuseModel : IDisposable
{
    /// <summary>How configurations of this project's own networks are written in manifests.</summary>
    public static JsonSerializerOptions ConfigJson { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        IgnoreReadOnlyProperties = true,
    };

    private readonly IPromptEncoder? _prompts;
    private readonly IMaskedTransformer? _base;
    private readonly IPixelDecoder? _pixels;

    private MuseModel(ModelManifest manifest, Device device, ModelParts parts, IDeviceMemory memory)
    {
        (Manifest, Device, Parts) = (manifest, device, parts);
        var stages = ModelStages.Read(manifest);
        (PromptShape, BaseShape, SuperresShape, PixelsShape) = (stages.Text.Shape, stages.Base.Shape, stages.Superres?.Shape, stages.Pixels.Shape);
        ModelMemory.Check(manifest, stages.Inspect(parts), device, memory);
        try
        {
            if (parts.HasFlag(ModelParts.Text))
                _prompts = stages.Text.Load(device);
            if (parts.HasFlag(ModelParts.Base))
                _base = stages.Base.Load(device);
            if (parts.HasFlag(ModelParts.Superres))
                Superres = stages.Superres?.Load(device);
            if (parts.HasFlag(ModelParts.Pixels))
                _pixels = stages.Pixels.Load(device);
            if (parts.HasFlag(ModelParts.Preview))
                Preview = stages.Preview?.Load(device);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the folder says of itself.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Where the networks are.</summary>
    public Device Device { get; }

    /// <summary>Which networks were loaded.</summary>
    public ModelParts Parts { get; }

    /// <summary>What the transformers take for a prompt.</summary>
    public PromptShape PromptShape { get; }

    /// <summary>The base transformer's shape.</summary>
    public MaskedTransformerShape BaseShape { get; }

    /// <summary>The super-resolution transformer's shape, or null where the base grid goes straight to pixels.</summary>
    public MaskedTransformerShape? SuperresShape { get; }

    /// <summary>The shape of what decodes the last grid.</summary>
    public PixelDecoderShape PixelsShape { get; }

    /// <summary>The last grid's transformer.</summary>
    public MaskedTransformerShape LastShape => SuperresShape ?? BaseShape;

    /// <summary>Width of a picture where a request does not say, in pixels.</summary>
    public int Width => LastShape.Width * PixelsShape.Factor;

    /// <summary>Height of a picture where a request does not say, in pixels.</summary>
    public int Height => LastShape.Height * PixelsShape.Factor;

    /// <summary>The text encoder with its tokenizer.</summary>
    /// <exception cref="InvalidOperationException">It was not loaded.</exception>
    public IPromptEncoder Prompts => _prompts ?? throw NotLoaded(ModelParts.Text);

    /// <summary>The base transformer.</summary>
    /// <exception cref="InvalidOperationException">It was not loaded.</exception>
    public IMaskedTransformer Base => _base ?? throw NotLoaded(ModelParts.Base);

    /// <summary>The super-resolution transformer, or null where there is none or it was not loaded.</summary>
    public IMaskedTransformer? Superres { get; }

    /// <summary>Decodes the last grid.</summary>
    /// <exception cref="InvalidOperationException">It was not loaded.</exception>
    public IPixelDecoder Pixels => _pixels ?? throw NotLoaded(ModelParts.Pixels);

    /// <summary>Decodes the base grid for previews, or null where there is none or it was not loaded.</summary>
    public IPixelDecoder? Preview { get; }

    /// <summary>Loads a model folder.</summary>
    /// <param name="folder">Where its <c>manifest.json</c> is.</param>
    /// <param name="device">Where the networks go.</param>
    /// <param name="parts">Which networks: a silo loads those of its stages.</param>
    /// <param name="memory">Says how much memory is free; null to ask the system.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="CheckpointException">The manifest or the weights are wrong; everything wrong is named.</exception>
    /// <exception cref="TokenizerFormatException">The tokenizer is wrong.</exception>
    /// <exception cref="ModelMemoryException">The device has less memory free than the networks take; none was loaded.</exception>
    public static MuseModel Load(string folder, Device device, ModelParts parts = ModelParts.All, IDeviceMemory? memory = null) =>
        new(ModelManifest.Load(folder), device, parts, memory ?? SystemMemory.Default);

    /// <summary>Checks that the networks of a model can be loaded, every tensor of them, and says what each takes; no weights are read.</summary>
    /// <param name="manifest">The model's manifest, loaded from its folder.</param>
    /// <param name="parts">Which networks.</param>
    /// <returns>Those that the model has, in the manifest's order.</returns>
    /// <exception cref="CheckpointException">The manifest or the weights are wrong; everything wrong is named.</exception>
    /// <exception cref="TokenizerFormatException">The tokenizer is wrong.</exception>
    public static IReadOnlyList<StageWeights> Inspect(ModelManifest manifest, ModelParts parts = ModelParts.All) => ModelStages.Read(manifest).Inspect(parts);

    /// <inheritdoc/>
    public void Dispose()
    {
        _prompts?.Dispose();
        _base?.Dispose();
        Superres?.Dispose();
        _pixels?.Dispose();
        Preview?.Dispose();
    }

    private InvalidOperationException NotLoaded(ModelParts part) =>
        new($"The model {Manifest.Name} was loaded with {Parts}; {part} is needed here.");
}
