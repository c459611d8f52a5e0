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

    private MuseModel(ModelManifest manifest, Device device)
    {
        Manifest = manifest;
        Device = device;
        try
        {
            var text = manifest.Text ?? throw Wrong("stages.text: is missing; this model takes no text");
            Tokenizer = SentencePieceTokenizer.Load(manifest.PathOf(text.Tokenizer!.Files[0]));
            using (var checkpoint = manifest.OpenWeights(text))
                Text = T5EncoderCheckpoint.Load(T5Config.Parse(Of(text, "text", TextNetwork).GetRawText(), File), checkpoint, device);
            Base = Load(manifest.Base, "base", BaseNetwork, (BaseTransformerConfig c) => new BaseTransformer(c));
            if (manifest.Superres is { } superres)
                Superres = Load(superres, "superres", SuperresNetwork, (SuperResolutionTransformerConfig c) => new SuperResolutionTransformer(c));
            Pixels = Load(manifest.Pixels, "pixels", PixelsNetwork, (VqGanConfig c) => new VqGan(c));
            if (manifest.Preview is { } preview)
                Preview = Load(preview, "preview", PixelsNetwork, (VqGanConfig c) => new VqGan(c));
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
        // Some are still null where loading failed.
        Text?.Dispose();
        Base?.Dispose();
        Superres?.Dispose();
        Pixels?.Dispose();
        Preview?.Dispose();
    }

    private string File => Manifest.PathOf(ModelManifest.FileName);

    private CheckpointException Wrong(string problem, Exception? inner = null) => new(File, null, problem, inner);

    private JsonElement Of(StageManifest stage, string name, string network) =>
        stage.Network == network ? stage.Config : throw Wrong($"stages.{name}.network: found '{stage.Network}'; this build knows '{network}'");

    private TNetwork Load<TConfig, TNetwork>(StageManifest stage, string name, string id, Func<TConfig, TNetwork> build)
        where TNetwork : nn.Module
    {
        TNetwork network;
        try
        {
            network = build(Of(stage, name, id).Deserialize<TConfig>(ConfigJson)!);
        }
        catch (Exception e) when (e is JsonException or ConfigException)
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
        Agree("stages.base.config.textDim", Base.Config.TextDim, "the text encoder's width", Text.Config.DModel);
        if (Tokenizer.VocabSize > Text.Config.VocabSize)
            problems.Add($"stages.text.config.vocab_size: found {Text.Config.VocabSize}; the tokenizer has {Tokenizer.VocabSize} pieces");
        if (Superres is not null)
        {
            var config = (SuperResolutionTransformerConfig)Superres.Config;
            Agree("stages.superres.config.textDim", config.TextDim, "the text encoder's width", Text.Config.DModel);
            Agree("stages.superres.config.lowCodebookSize", config.LowCodebookSize, "the codes of stages.base", Base.Config.CodebookSize);
            Agree("stages.superres.config.lowGridSize", config.LowGridSize, "the grid of stages.base", Base.Config.GridSize);
        }
        var last = Superres?.Config ?? Base.Config;
        Agree("stages.pixels.config.codebookSize", Pixels.Config.CodebookSize, "the codes it decodes", last.CodebookSize);
        Agree("stages.pixels.config.resolution: its grid", Pixels.Config.GridSize, "the grid it decodes", last.GridSize);
        if (Preview is not null)
        {
            Agree("stages.preview.config.codebookSize", Preview.Config.CodebookSize, "the codes of stages.base", Base.Config.CodebookSize);
            Agree("stages.preview.config.resolution: its grid", Preview.Config.GridSize, "the grid of stages.base", Base.Config.GridSize);
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
