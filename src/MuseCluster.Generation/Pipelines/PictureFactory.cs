using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Randomness;
using MuseCluster.Models;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Prompts;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Pipelines;

/// <summary>
/// The work of each stage for one picture. Everything here runs for one picture at a time, so that its bits never depend
/// on others. Not for use by several threads at once.
/// </summary>
/// <param name="model">The model; owned by the caller.</param>
public sealed class PictureFactory(MuseModel model)
{
    /// <summary>The stage number of base decoding in <see cref="TokenRandom"/>.</summary>
    public const uint BaseStage = 0;

    /// <summary>The stage number of super-resolution in <see cref="TokenRandom"/>.</summary>
    public const uint SuperresStage = 1;

    private readonly int _threads = model.BaseShape.ThreadsPerPass();

    /// <summary>Encodes a text, alone.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Its embedding; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">It is none that the model takes.</exception>
    public PromptEmbedding Encode(string text)
    {
        using var guard = inference_mode();
        using var threads = NewNumThreadsScope(_threads);
        using var scope = NewDisposeScope();
        return model.Prompts.Encode(text).Keep();
    }

    /// <summary>A picture at the start of base decoding.</summary>
    /// <param name="request">The request.</param>
    /// <param name="prompt">The prompt's embedding.</param>
    /// <param name="negative">The negative prompt's; used with guidance.</param>
    /// <param name="partial">Where decoding goes on; null to start anew.</param>
    /// <returns>The picture; the caller disposes it.</returns>
    /// <exception cref="ArgumentException"><paramref name="partial"/> is none of this model.</exception>
    public MaskedPicture StartBase(GenerationRequest request, PromptEmbedding prompt, PromptEmbedding negative, PartialPicture? partial = null)
    {
        using var guard = inference_mode();
        using var threads = NewNumThreadsScope(_threads);
        using var scope = NewDisposeScope();
        var (options, shape) = (request.BaseDecoding(), model.BaseGrid(request));
        var random = new TokenRandom(request.Seed, request.Picture, BaseStage);
        if (partial is null && request.Initial is { } initial)
            partial = initial.Mask(shape, options, random);
        partial?.Check(shape, options);
        var conditioning = model.Base.Condition(new ConditioningInput(Sequences(options, prompt, negative), Micro: Micro(request, shape, options))).Keep();
        return Start(shape, options, conditioning, random, partial);
    }

    /// <summary>A picture at the start of super-resolution.</summary>
    /// <param name="request">The request.</param>
    /// <param name="low">The base model's grid.</param>
    /// <param name="prompt">The prompt's embedding.</param>
    /// <param name="negative">The negative prompt's; used with guidance.</param>
    /// <param name="partial">Where decoding goes on; null to start anew.</param>
    /// <returns>The picture; the caller disposes it.</returns>
    /// <exception cref="ArgumentException"><paramref name="partial"/> is none of this model.</exception>
    public MaskedPicture StartSuperres(
        GenerationRequest request, ReadOnlySpan<ushort> low, PromptEmbedding prompt, PromptEmbedding negative, PartialPicture? partial = null)
    {
        using var guard = inference_mode();
        using var threads = NewNumThreadsScope(_threads);
        using var scope = NewDisposeScope();
        var superres = model.Superres ?? throw new InvalidOperationException($"The model {model.Manifest.Name} has no super-resolution stage.");
        var options = request.SuperresDecoding();
        var prompts = Sequences(options, prompt, negative);
        var grid = Indices(low, [1, low.Length]).expand(prompts.Mask.size(0), low.Length).contiguous();
        partial?.Check(superres.Shape, options);
        var conditioning = superres.Condition(new ConditioningInput(prompts, grid)).Keep();
        return Start(superres.Shape, options, conditioning, new TokenRandom(request.Seed, request.Picture, SuperresStage), partial);
    }

    /// <summary>Decodes a picture's last grid to pixels.</summary>
    /// <param name="request">The request.</param>
    /// <param name="grid">Codes in row-major order.</param>
    /// <returns>The picture.</returns>
    /// <exception cref="ArgumentException">The grid is none of this request.</exception>
    public Picture Decode(GenerationRequest request, ReadOnlySpan<ushort> grid) => Decode(model.Pixels, grid, model.LastGrid(request));

    /// <summary>Decodes last grids to pixels, as many at once as there are threads for.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="grids">Codes in row-major order, of each request.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <returns>The pictures, in the grids' order.</returns>
    public Picture[] Decode(IReadOnlyList<GenerationRequest> requests, IReadOnlyList<ushort[]> grids, CancellationToken cancellation = default)
    {
        var pictures = new Picture[grids.Count];
        PassThreads.SideBySide(grids.Count, _threads, i => pictures[i] = Decode(requests[i], grids[i]), cancellation);
        return pictures;
    }

    /// <summary>Encodes a picture to the codes that decode to it.</summary>
    /// <param name="picture">The picture; its sides are multiples of the pixels of a token.</param>
    /// <returns>Codes in row-major order.</returns>
    /// <exception cref="ArgumentException">Its size is none that the model takes, or the model has super-resolution.</exception>
    public ushort[] Encode(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (model.SuperresShape is not null)
            throw new ArgumentException($"The model {model.Manifest.Name} has super-resolution; a picture can be taken as a start only where the base grid goes straight to pixels.", nameof(picture));
        using var guard = inference_mode();
        using var threads = NewNumThreadsScope(_threads);
        using var scope = NewDisposeScope();
        if (model.SizeProblem(picture.Width, picture.Height) is { } problem)
            throw new ArgumentException(problem, nameof(picture));
        var planes = new float[3 * picture.Width * picture.Height];
        PlanarPicture.Write(picture, planes, model.PixelsShape.Range);
        var indices = model.Pixels.Encode(tensor(planes, [1, 3, picture.Height, picture.Width]).to(model.Device)).cpu();
        return Array.ConvertAll(indices.ToArray<long>(), code => (ushort)code);
    }

    /// <summary>Shows a grid that may be partly masked: unknown tokens as flat gray.</summary>
    /// <param name="grid">A base grid, or a super-resolution grid.</param>
    /// <param name="request">What it is of; null for a picture of the model's own size.</param>
    /// <returns>The preview, or null where the model cannot decode such a grid.</returns>
    public Picture? Preview(ReadOnlySpan<ushort> grid, GenerationRequest? request = null)
    {
        var (last, low) = request is null ? (model.LastShape, model.BaseShape) : (model.LastGrid(request), model.BaseGrid(request));
        var (network, shape) = model.Parts.HasFlag(ModelParts.Pixels) && last.Tokens == grid.Length ? (model.Pixels, last) : (model.Preview, low);
        if (network is null || shape.Tokens != grid.Length)
            return null;
        var known = new ushort[grid.Length];
        var unknown = new bool[grid.Length];
        for (var i = 0; i < grid.Length; i++)
        {
            unknown[i] = grid[i] >= network.Shape.CodebookSize;
            known[i] = unknown[i] ? (ushort)0 : grid[i];
        }
        return MaskedPreview.Cover(Decode(network, known, shape), unknown, shape.Width);
    }

    private static MaskedPicture Start(
        MaskedTransformerShape shape, DecodingOptions options, Conditioning conditioning, TokenRandom random, PartialPicture? partial) =>
        partial is null
            ? MaskedPicture.New(shape, options, conditioning, random)
            : new MaskedPicture(shape, partial.Grid, partial.Step, shape.Tokens, options, conditioning, random);

    private Picture Decode(IPixelDecoder network, ReadOnlySpan<ushort> grid, MaskedTransformerShape shape)
    {
        if (grid.Length != shape.Tokens)
            throw new ArgumentException($"The grid has {grid.Length} tokens, expected {shape.Tokens}.", nameof(grid));
        using var guard = inference_mode();
        using var threads = NewNumThreadsScope(_threads);
        using var scope = NewDisposeScope();
        var pixels = network.Decode(Indices(grid, [1, shape.Height, shape.Width])).cpu().contiguous();
        return PlanarPicture.Read((int)pixels.size(3), (int)pixels.size(2), pixels.data<float>(), network.Shape.Range);
    }

    private Tensor Indices(ReadOnlySpan<ushort> grid, long[] shape)
    {
        var indices = new long[grid.Length];
        for (var i = 0; i < grid.Length; i++)
            indices[i] = grid[i];
        return tensor(indices, shape).to(model.Device);
    }

    private static PromptEmbedding Sequences(DecodingOptions options, PromptEmbedding prompt, PromptEmbedding negative) =>
        options.Guided ? PromptEmbedding.Concat(prompt, negative) : prompt;

    private Tensor? Micro(GenerationRequest request, MaskedTransformerShape shape, DecodingOptions options)
    {
        if (!shape.MicroConditioned)
            return null;
        var micro = request.Micro ?? new MicroConditions();
        float[] numbers = [shape.Width * model.PixelsShape.Factor, shape.Height * model.PixelsShape.Factor, micro.CropLeft, micro.CropTop, (float)micro.AestheticScore];
        return tensor(numbers, [1, numbers.Length]).expand(options.Guided ? 2 : 1, numbers.Length).to(model.Device);
    }
}
