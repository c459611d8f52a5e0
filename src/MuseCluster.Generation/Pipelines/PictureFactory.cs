using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Prompts;
using MuseCluster.Generation.Randomness;
using MuseCluster.Models;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Models.Networks.VqGan;
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

    private readonly int _threads = model.BaseConfig.ThreadsPerPass();
    private readonly Lazy<PromptEncoder> _prompts = new(() => new PromptEncoder(model.Tokenizer, model.Text, model.BaseConfig.TextLength));

    /// <summary>Encodes a text, alone.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Its embedding; the caller disposes it.</returns>
    public PromptEmbedding Encode(string text)
    {
        using var guard = inference_mode();
        using var threads = NewNumThreadsScope(_threads);
        using var scope = NewDisposeScope();
        var prompts = _prompts.Value;
        var ids = tensor(prompts.Tokenize(text), [1, prompts.Length]).to(model.Device);
        var (embeddings, mask) = prompts.Embed(ids);
        return new PromptEmbedding(embeddings.DetachFromDisposeScope(), mask.DetachFromDisposeScope());
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
        var options = request.BaseDecoding();
        var (embeddings, mask) = Sequences(options, prompt, negative);
        partial?.Check(model.Base.Config, options);
        var conditioning = model.Base.Condition(embeddings, mask).Keep();
        return Start(model.Base.Config, options, conditioning, new TokenRandom(request.Seed, request.Picture, BaseStage), partial);
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
        var (embeddings, mask) = Sequences(options, prompt, negative);
        var grid = Indices(low, [1, low.Length]).expand(embeddings.size(0), low.Length).contiguous();
        partial?.Check(superres.Config, options);
        var conditioning = superres.Condition(embeddings, mask, grid).Keep();
        return Start(superres.Config, options, conditioning, new TokenRandom(request.Seed, request.Picture, SuperresStage), partial);
    }

    /// <summary>Decodes a picture's last grid to pixels.</summary>
    /// <param name="grid">Codes in row-major order.</param>
    /// <returns>The picture.</returns>
    public Picture Decode(ReadOnlySpan<ushort> grid) => Decode(model.Pixels, grid);

    /// <summary>Decodes last grids to pixels, as many at once as there are threads for.</summary>
    /// <param name="grids">Codes in row-major order.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <returns>The pictures, in the grids' order.</returns>
    public Picture[] Decode(IReadOnlyList<ushort[]> grids, CancellationToken cancellation = default)
    {
        var pictures = new Picture[grids.Count];
        PassThreads.SideBySide(grids.Count, _threads, i => pictures[i] = Decode(grids[i]), cancellation);
        return pictures;
    }

    /// <summary>Shows a grid that may be partly masked: unknown tokens as flat gray.</summary>
    /// <param name="grid">A base grid, or a super-resolution grid.</param>
    /// <returns>The preview, or null where the model cannot decode such a grid.</returns>
    public Picture? Preview(ReadOnlySpan<ushort> grid)
    {
        var tokens = grid.Length;
        var network = new[] { model.Parts.HasFlag(ModelParts.Pixels) ? model.Pixels : null, model.Preview }.FirstOrDefault(n => n?.Config.GridSize * n?.Config.GridSize == tokens);
        if (network is null)
            return null;
        var known = new ushort[grid.Length];
        var unknown = new bool[grid.Length];
        for (var i = 0; i < grid.Length; i++)
        {
            unknown[i] = grid[i] >= network.Config.CodebookSize;
            known[i] = unknown[i] ? (ushort)0 : grid[i];
        }
        return MaskedPreview.Cover(Decode(network, known), unknown, network.Config.GridSize);
    }

    private static MaskedPicture Start(
        MuseTransformerConfig network, DecodingOptions options, Conditioning conditioning, TokenRandom random, PartialPicture? partial) =>
        partial is null
            ? MaskedPicture.New(network, options, conditioning, random)
            : new MaskedPicture(partial.Grid, network.MaskId, partial.Step, network.Tokens, options, conditioning, random);

    private Picture Decode(VqGan network, ReadOnlySpan<ushort> grid)
    {
        using var guard = inference_mode();
        using var threads = NewNumThreadsScope(_threads);
        using var scope = NewDisposeScope();
        var side = network.Config.GridSize;
        var pixels = network.Decode(Indices(grid, [1, side, side])).cpu().contiguous();
        return PlanarPicture.Read((int)pixels.size(3), (int)pixels.size(2), pixels.data<float>());
    }

    private Tensor Indices(ReadOnlySpan<ushort> grid, long[] shape)
    {
        var indices = new long[grid.Length];
        for (var i = 0; i < grid.Length; i++)
            indices[i] = grid[i];
        return tensor(indices, shape).to(model.Device);
    }

    private static (Tensor Embeddings, Tensor Mask) Sequences(DecodingOptions options, PromptEmbedding prompt, PromptEmbedding negative) =>
        options.Guided
            ? (cat([prompt.Embeddings, negative.Embeddings]), cat([prompt.Mask, negative.Mask]))
            : (prompt.Embeddings, prompt.Mask);
}
