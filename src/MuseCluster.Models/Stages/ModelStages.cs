using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Prompts;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Stages;

/// <summary>The networks that a manifest names, before their weights are loaded, and whether they fit together.</summary>
internal sealed class ModelStages
{
    private readonly ModelManifest _manifest;

    private ModelStages(ModelManifest manifest)
    {
        _manifest = manifest;
        Base = Read("base", manifest.Base, c => c.Find(TransformerNetworks.Base));
        Text = Read(
            "text", manifest.Text ?? throw new CheckpointException(manifest.PathOf(ModelManifest.FileName), null, "stages.text: is missing; this model takes no text"),
            c => TextNetworks.Find(c, Base.Network.Shape.Prompt.Length));
        Superres = manifest.Superres is { } superres ? Read("superres", superres, c => c.Find(TransformerNetworks.Superres)) : null;
        Pixels = Read("pixels", manifest.Pixels, c => c.Find(PixelNetworks.All));
        Preview = manifest.Preview is { } preview ? Read("preview", preview, c => c.Find(PixelNetworks.All)) : null;
    }

    /// <summary>Text encoding.</summary>
    public Loadable<PromptShape, IPromptEncoder> Text { get; }

    /// <summary>Base decoding.</summary>
    public Loadable<MaskedTransformerShape, IMaskedTransformer> Base { get; }

    /// <summary>Super-resolution, or null.</summary>
    public Loadable<MaskedTransformerShape, IMaskedTransformer>? Superres { get; }

    /// <summary>Pixel decoding.</summary>
    public Loadable<PixelDecoderShape, IPixelDecoder> Pixels { get; }

    /// <summary>Pixel decoding of the base grid, or null.</summary>
    public Loadable<PixelDecoderShape, IPixelDecoder>? Preview { get; }

    /// <summary>Reads the stages of a manifest.</summary>
    /// <exception cref="CheckpointException">A configuration is wrong, or they do not fit together; everything wrong is named.</exception>
    public static ModelStages Read(ModelManifest manifest)
    {
        var stages = new ModelStages(manifest);
        stages.CheckAgreement();
        return stages;
    }

    private Loadable<TShape, TNetwork> Read<TShape, TNetwork>(string name, StageManifest stage, Func<StageConfig, StageNetwork<TShape, TNetwork>> find)
    {
        var config = new StageConfig(_manifest, name, stage);
        return new(config, find(config));
    }

    // Each network may be right by itself and still not be fed what it was made for.
    private void CheckAgreement()
    {
        var problems = new List<string>();
        var (text, @base) = (Text.Network.Shape, Base.Network.Shape);
        Agree("base", "its texts' width", @base.Prompt.Width, "the text encoder's", text.Width);
        Agree("base", "its texts' pooled width", @base.Prompt.Pooled, "the text encoder's", text.Pooled);
        var last = @base;
        if (Superres?.Network.Shape is { } superres)
        {
            Agree("superres", "its texts' width", superres.Prompt.Width, "the text encoder's", text.Width);
            Agree("superres", "its smaller pictures' codes", superres.Low?.CodebookSize ?? 0, "those of stages.base", @base.CodebookSize);
            Agree("superres", "its smaller pictures' tokens", superres.Low?.Tokens ?? 0, "those of stages.base", @base.Tokens);
            last = superres;
        }
        Draws("pixels", Pixels.Network.Shape, last);
        if (Preview is { } preview)
            Draws("preview", preview.Network.Shape, @base);
        if (problems.Count > 0)
            throw new CheckpointException(_manifest.PathOf(ModelManifest.FileName), null, "has stages that do not fit together:", problems);

        void Draws(string stage, PixelDecoderShape pixels, MaskedTransformerShape grid)
        {
            Agree(stage, "its codes", pixels.CodebookSize, "those of the grid it decodes", grid.CodebookSize);
            if (pixels.GridSize is { } side && (side, side) != (grid.Height, grid.Width))
                problems.Add($"stages.{stage}.config: its grid: found {side} x {side}, expected {grid.Height} x {grid.Width} like the grid it decodes");
        }

        void Agree(string stage, string what, int value, string other, int expected)
        {
            if (value != expected)
                problems.Add($"stages.{stage}.config: {what}: found {value}, expected {expected} like {other}");
        }
    }

    /// <summary>A stage's network and where its weights are.</summary>
    /// <param name="Config">The stage.</param>
    /// <param name="Network">Its network.</param>
    public sealed record Loadable<TShape, TNetwork>(StageConfig Config, StageNetwork<TShape, TNetwork> Network)
    {
        /// <summary>Loads the weights.</summary>
        /// <param name="device">Where they go.</param>
        /// <exception cref="CheckpointException">The weights are not the network's; everything wrong is named.</exception>
        public TNetwork Load(Device device) => Config.Load(Network, device);
    }
}
