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
        RespectNullableAnnotations = true,
        IgnoreReadOnlyProperties = true,
    };

    private readonly T5Encoder? _text;
    private readonly BaseTransformer? _base;
    private readonly VqGan? _pixels;

    private MuseModel(ModelManifest manifest, Device device, ModelParts parts)
    {
        (Manifest, Device, Parts) = (manifest, device, parts);
        try
        {
            var text = manifest.Text ?? throw Wrong("stages.text: is missing; this model takes no text");
            Tokenizer = SentencePieceTokenizer.Load(manifest.PathOf(text.Tokenizer!.Files[0]));
            TextConfig = T5Config.Parse(Of(text, "text", TextNetwork).GetRawText(), File);
            BaseConfig = Read<BaseTransformerConfig>(manifest.Base, "base", BaseNetwork);
            SuperresConfig = manifest.Superres is { } superres ? Read<SuperResolutionTransformerConfig>(superres, "superres", SuperresNetwork) : null;
            PixelsConfig = Read<VqGanConfig>(manifest.Pixels, "pixels", PixelsNetwork);
            if (parts.HasFlag(ModelParts.Text))
                using (var checkpoint = manifest.OpenWeights(text))
                    _text = T5EncoderCheckpoint.Load(TextConfig, checkpoint, device);
            if (parts.HasFlag(ModelParts.Base))
                _base = Load(manifest.Base, "base", () => new BaseTransformer(BaseConfig));
            if (parts.HasFlag(ModelParts.Superres) && SuperresConfig is not null)
                Superres = Load(manifest.Superres!, "superres", () => new SuperResolutionTransformer(SuperresConfig));
            if (parts.HasFlag(ModelParts.Pixels))
                _pixels = Load(manifest.Pixels, "pixels", () => new VqGan(PixelsConfig));
            if (parts.HasFlag(ModelParts.Preview) && manifest.Preview is { } preview)
            {
                var config = Read<VqGanConfig>(preview, "preview", PixelsNetwork);
                Preview = Load(preview, "preview", () => new VqGan(config));
            }
            CheckAgreement();
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

    /// <summary>Cuts prompts into pieces.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Which networks were loaded.</summary>
    public ModelParts Parts { get; }

    /// <summary>The text encoder's shape.</summary>
    public T5Config TextConfig { get; }

    /// <summary>The base transformer's shape.</summary>
    public BaseTransformerConfig BaseConfig { get; }

    /// <summary>The super-resolution transformer's shape, or null where the base grid goes straight to pixels.</summary>
    public SuperResolutionTransformerConfig? SuperresConfig { get; }

    /// <summary>The shape of what decodes the last grid.</summary>
    public VqGanConfig PixelsConfig { get; }

    /// <summary>The text encoder.</summary>
    /// <exception cref="InvalidOperationException">It was not loaded.</exception>
    public T5Encoder Text => _text ?? throw NotLoaded(ModelParts.Text);

    /// <summary>The base transformer.</summary>
    /// <exception cref="InvalidOperationException">It was not loaded.</exception>
    public BaseTransformer Base => _base ?? throw NotLoaded(ModelParts.Base);

    /// <summary>The super-resolution transformer, or null where there is none or it was not loaded.</summary>
    public SuperResolutionTransformer? Superres { get; }

    /// <summary>Decodes the last grid.</summary>
    /// <exception cref="InvalidOperationException">It was not loaded.</exception>
    public VqGan Pixels => _pixels ?? throw NotLoaded(ModelParts.Pixels);

    /// <summary>Decodes the base grid for previews, or null where there is none or it was not loaded.</summary>
    public VqGan? Preview { get; }

    /// <summary>Loads a model folder.</summary>
    /// <param name="folder">Where its <c>manifest.json</c> is.</param>
    /// <param name="device">Where the networks go.</param>
    /// <param name="parts">Which networks: a silo loads those of its stages.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="CheckpointException">The manifest or the weights are wrong; everything wrong is named.</exception>
    /// <exception cref="TokenizerFormatException">The tokenizer is wrong.</exception>
    public static MuseModel Load(string folder, Device device, ModelParts parts = ModelParts.All) => new(ModelManifest.Load(folder), device, parts);

    /// <inheritdoc/>
    public void Dispose()
    {
        _text?.Dispose();
        _base?.Dispose();
        Superres?.Dispose();
        _pixels?.Dispose();
        Preview?.Dispose();
    }

    private InvalidOperationException NotLoaded(ModelParts part) =>
        new($"The model {Manifest.Name} was loaded with {Parts}; {part} is needed here.");

    private string File => Manifest.PathOf(ModelManifest.FileName);

    private CheckpointException Wrong(string problem, Exception? inner = null) => new(File, null, problem, inner);

    private JsonElement Of(StageManifest stage, string name, string network) =>
        stage.Network == network ? stage.Config : throw Wrong($"stages.{name}.network: found '{stage.Network}'; this build knows '{network}'");

    private TConfig Read<TConfig>(StageManifest stage, string name, string id)
    {
        try
        {
            return Of(stage, name, id).Deserialize<TConfig>(ConfigJson)!;
        }
        catch (JsonException e)
        {
            throw Wrong($"stages.{name}.config: {e.Message}", e);
        }
    }

    private TNetwork Load<TNetwork>(StageManifest stage, string name, Func<TNetwork> build)
        where TNetwork : nn.Module
    {
        TNetwork network;
        try
        {
            network = build();
        }
        catch (ConfigException e)
        {
            throw Wrong($"stages.{name}.config: {e.Message}", e);
        }
        try
        {
            using var checkpoint = Manifest.OpenWeights(stage);
            network.requires_grad_(false);
            network.move_to(Device);
            CheckpointTensors.LoadInto(network, checkpoint);
            network.eval();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    // Each network may be right by itself and still not be fed what it was made for.
    private void CheckAgreement()
    {
        var problems = new List<string>();
        Agree("stages.base.config.textDim", BaseConfig.TextDim, "the text encoder's width", TextConfig.DModel);
        if (Tokenizer.VocabSize > TextConfig.VocabSize)
            problems.Add($"stages.text.config.vocab_size: found {TextConfig.VocabSize}; the tokenizer has {Tokenizer.VocabSize} pieces");
        if (SuperresConfig is { } superres)
        {
            Agree("stages.superres.config.textDim", superres.TextDim, "the text encoder's width", TextConfig.DModel);
            Agree("stages.superres.config.lowCodebookSize", superres.LowCodebookSize, "the codes of stages.base", BaseConfig.CodebookSize);
            Agree("stages.superres.config.lowGridSize", superres.LowGridSize, "the grid of stages.base", BaseConfig.GridSize);
        }
        MuseTransformerConfig last = SuperresConfig is null ? BaseConfig : SuperresConfig;
        Agree("stages.pixels.config.codebookSize", PixelsConfig.CodebookSize, "the codes it decodes", last.CodebookSize);
        Agree("stages.pixels.config.resolution: its grid", PixelsConfig.GridSize, "the grid it decodes", last.GridSize);
        if (Preview is not null)
        {
            Agree("stages.preview.config.codebookSize", Preview.Config.CodebookSize, "the codes of stages.base", BaseConfig.CodebookSize);
            Agree("stages.preview.config.resolution: its grid", Preview.Config.GridSize, "the grid of stages.base", BaseConfig.GridSize);
        }
        if (problems.Count > 0)
            throw new CheckpointException(File, null, "has stages that do not fit together:", problems);

        void Agree(string field, int value, string other, int expected)
        {
            if (value != expected)
                problems.Add($"{field}: found {value}, expected {expected} like {other}");
        }
    }
}
