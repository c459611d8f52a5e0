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
        Text = Prompts(manifest.Text);
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

    /// <summary>Checks that stages can be loaded, without reading weights, and says what each takes.</summary>
    /// <param name="parts">Which.</param>
    /// <returns>Those that the model has, in the manifest's order.</returns>
    /// <exception cref="CheckpointException">Weights are not those of their network; everything wrong is named, of all stages.</exception>
    public IReadOnlyList<StageWeights> Inspect(ModelParts parts)
    {
        var found = new List<StageWeights>();
        var refused = new List<(string Stage, CheckpointException Error)>();
        Add(ModelParts.Text, "text", Text.Inspect);
        Add(ModelParts.Base, "base", Base.Inspect);
        Add(ModelParts.Superres, "superres", Superres?.Inspect);
        Add(ModelParts.Pixels, "pixels", Pixels.Inspect);
        Add(ModelParts.Preview, "preview", Preview?.Inspect);
        return refused.Count switch
        {
            0 => found,
            1 => throw refused[0].Error,
            _ => throw new CheckpointException(
                _manifest.PathOf(ModelManifest.FileName), null, "has weights that do not fit their networks:",
                [.. refused.SelectMany(r => r.Error.Problems.Select(problem => $"stages.{r.Stage}: {Path.GetFileName(r.Error.File)}: {problem}"))]),
        };

        void Add(ModelParts part, string stage, Func<StageWeights>? inspect)
        {
            try
            {
                if (inspect is not null && parts.HasFlag(part))
                    found.Add(inspect());
            }
            catch (CheckpointException e)
            {
                refused.Add((stage, e));
            }
        }
    }

    private Loadable<PromptShape, IPromptEncoder> Prompts(StageManifest? text)
    {
        CheckpointException Wrong(string problem) => new(_manifest.PathOf(ModelManifest.FileName), null, "stages.text: " + problem);
        if (Base.Shape.Classes is not { } classes)
            return Read("text", text ?? throw Wrong("is missing; stages.base takes texts"), c => TextNetworks.Find(c, Base.Shape));
        return text is null
            ? new(ClassPromptEncoder.ClassShape, device => new ClassPromptEncoder(classes, device))
            : throw Wrong($"is there, but stages.base takes one of {classes} classes for a prompt; leave it out");
    }

    private Loadable<TShape, TNetwork> Read<TShape, TNetwork>(string name, StageManifest stage, Func<StageConfig, StageNetwork<TShape, TNetwork>> find)
        where TNetwork : IDisposable
    {
        var config = new StageConfig(_manifest, name, stage);
        var network = find(config);
        return new(network.Shape, device => config.Load(network, device), () => config.Inspect(network));
    }

    // Each network may be right by itself and still not be fed what it was made for.
    private void CheckAgreement()
    {
        var problems = new List<string>();
        var (text, @base) = (Text.Shape, Base.Shape);
        Agree("base", "its texts' width", @base.Prompt.Width, "the text encoder's", text.Width);
        Agree("base", "its texts' pooled width", @base.Prompt.Pooled, "the text encoder's", text.Pooled);
        Counts("base", @base);
        var last = @base;
        if (Superres?.Shape is { } superres)
        {
            Agree("superres", "its texts' width", superres.Prompt.Width, "the text encoder's", text.Width);
            Agree("superres", "its smaller pictures' codes", superres.Low?.CodebookSize ?? 0, "those of stages.base", @base.CodebookSize);
            if (superres.Low is not { Tokens: null })
                Agree("superres", "its smaller pictures' tokens", superres.Low?.Tokens ?? 0, "those of stages.base", @base.Tokens);
            if (superres.Text != @base.Text || superres.Classes != @base.Classes)
                problems.Add("stages.superres.network: takes other states of the text than stages.base, or classes where that takes texts; expected networks of one family");
            Counts("superres", superres);
            last = superres;
        }
        Draws("pixels", Pixels.Shape, last);
        if (Preview is { } preview)
            Draws("preview", preview.Shape, @base);
        if (problems.Count > 0)
            throw new CheckpointException(_manifest.PathOf(ModelManifest.FileName), null, "has stages that do not fit together:", problems);

        void Counts(string stage, MaskedTransformerShape grid)
        {
            if (grid.MaskId > ushort.MaxValue)
                problems.Add($"stages.{stage}.config: its tokens: found {grid.MaskId + 1}, expected at most {ushort.MaxValue + 1}");
        }

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

    /// <summary>A stage's network that is not loaded yet.</summary>
    /// <param name="Shape">What its neighbours have to know of it.</param>
    /// <param name="Load">Loads it onto a device; what it throws names everything that is wrong with the weights.</param>
    /// <param name="Inspect">Checks that it can be loaded, and throws as loading does; null where it has no weights.</param>
    public sealed record Loadable<TShape, TNetwork>(TShape Shape, Func<Device, TNetwork> Load, Func<StageWeights>? Inspect = null);
}
