using MuseCluster.Generation.Decoding;
using MuseCluster.Models;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Prompts;

namespace MuseCluster.Generation.Pipelines;

/// <summary>
/// Prompts to pictures in one process: text encoding, base decoding, super-resolution, pixels. Requests are decoded
/// together; each picture is the same as it would be alone. Not for use by several threads at once.
/// </summary>
public sealed class TextToImagePipeline : IDisposable
{
    private const int CachedPrompts = 256;
    private readonly MuseModel _model;
    private readonly PictureFactory _factory;
    private readonly MaskedDecoder _base;
    private readonly MaskedDecoder? _superres;
    private readonly Dictionary<string, PromptEmbedding> _prompts = [];

    /// <summary>Prepares a model's decoders; finds out how rows have to be aligned on this machine.</summary>
    /// <param name="model">The model; owned by the caller.</param>
    public TextToImagePipeline(MuseModel model)
    {
        _model = model;
        _factory = new PictureFactory(model);
        _base = Decoder(model.Base);
        _superres = model.Superres is { } superres ? Decoder(superres) : null;
    }

    /// <summary>The stages' work for single pictures, for previews.</summary>
    public PictureFactory Factory => _factory;

    /// <summary>Makes the pictures of requests.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="progress">Told after every step of every picture.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>The pictures, in the requests' order.</returns>
    /// <exception cref="ArgumentException">A request is wrong; the message names the field.</exception>
    public IReadOnlyList<GeneratedPicture> Generate(
        IReadOnlyList<GenerationRequest> requests, IProgress<PictureProgress>? progress = null, CancellationToken cancellation = default)
    {
        return Upscale(requests, DecodeBase(requests, progress, cancellation), progress, cancellation);
    }

    /// <summary>Makes the base grids of requests.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="progress">Told after every step of every picture.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>Codes in row-major order, in the requests' order.</returns>
    /// <exception cref="ArgumentException">A request is wrong; the message names the field.</exception>
    public IReadOnlyList<ushort[]> DecodeBase(
        IReadOnlyList<GenerationRequest> requests, IProgress<PictureProgress>? progress = null, CancellationToken cancellation = default)
    {
        Check(requests);
        return Decode(_base, "base", requests, (r, _) => Start(r, (prompt, negative) => _factory.StartBase(r, prompt, negative)), progress, cancellation);
    }

    /// <summary>Makes the pictures of requests whose base grids are there already.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="low">The base grid of each: codes in row-major order.</param>
    /// <param name="progress">Told after every step of every picture.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>The pictures, in the requests' order.</returns>
    /// <exception cref="ArgumentException">A request or a grid is wrong; the message says how.</exception>
    public IReadOnlyList<GeneratedPicture> Upscale(
        IReadOnlyList<GenerationRequest> requests, IReadOnlyList<ushort[]> low, IProgress<PictureProgress>? progress = null, CancellationToken cancellation = default)
    {
        Check(requests);
        var codes = _model.BaseShape.CodebookSize;
        if (low.Count != requests.Count || low.Where((g, i) => g.Length != _model.BaseGrid(requests[i]).Tokens || g.Any(code => code >= codes)).Any())
            throw new ArgumentException($"Expected {requests.Count} grids of codes below {codes}, one for each request and as large as it.", nameof(low));
        var high = _superres is null
            ? requests.Select(_ => Array.Empty<ushort>()).ToArray()
            : Decode(_superres, "superres", requests,
                (r, i) => Start(r, (prompt, negative) => _factory.StartSuperres(r, low[i], prompt, negative)), progress, cancellation);
        var pictures = new GeneratedPicture[requests.Count];
        var last = _superres is null ? low : high;
        var decoded = _factory.Decode(requests, last, cancellation);
        for (var i = 0; i < requests.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            pictures[i] = new GeneratedPicture(requests[i], low[i], high[i], decoded[i]);
            progress?.Report(new PictureProgress(i, "pixels", 1, 1, last[i]));
        }
        return pictures;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _base.Dispose();
        _superres?.Dispose();
        ForgetPrompts();
    }

    private void Check(IReadOnlyList<GenerationRequest> requests)
    {
        foreach (var request in requests)
        {
            _model.LastGrid(request);
            foreach (var (field, problem) in request.Problems())
                throw new ArgumentException($"{field} {problem}.", nameof(requests));
        }
    }

    private MaskedDecoder Decoder(IMaskedTransformer network) =>
        new(network, _model.Device, MaskedDecoderOptions.For(network, _model.Device));

    private static ushort[][] Decode(
        MaskedDecoder decoder, string stage, IReadOnlyList<GenerationRequest> requests, Func<GenerationRequest, int, MaskedPicture> start,
        IProgress<PictureProgress>? progress, CancellationToken cancellation)
    {
        var pictures = new List<MaskedPicture>(requests.Count);
        try
        {
            for (var i = 0; i < requests.Count; i++)
            {
                pictures.Add(start(requests[i], i));
                decoder.Add(pictures[i]);
            }
            while (decoder.Pictures.Count > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                var running = decoder.Pictures.ToHashSet();
                decoder.Step();
                for (var i = 0; progress is not null && i < pictures.Count; i++)
                    if (running.Contains(pictures[i]))
                        progress.Report(new PictureProgress(i, stage, pictures[i].Step, pictures[i].Options.Steps, pictures[i].Grid.ToArray()));
            }
            return [.. pictures.Select(p => p.Grid.ToArray())];
        }
        finally
        {
            foreach (var picture in pictures)
            {
                decoder.Remove(picture);
                picture.Dispose();
            }
        }
    }

    // Equal prompts are encoded once; the empty one above all. Room is made for both before either is taken.
    private MaskedPicture Start(GenerationRequest request, Func<PromptEmbedding, PromptEmbedding, MaskedPicture> start)
    {
        if (_prompts.Count + 2 > CachedPrompts && !(_prompts.ContainsKey(request.Prompt) && _prompts.ContainsKey(request.Negative)))
            ForgetPrompts();
        return start(Prompt(request.Prompt), Prompt(request.Negative));
    }

    private PromptEmbedding Prompt(string text) =>
        _prompts.TryGetValue(text, out var known) ? known : _prompts[text] = _factory.Encode(text);

    private void ForgetPrompts()
    {
        foreach (var prompt in _prompts.Values)
            prompt.Dispose();
        _prompts.Clear();
    }
}
