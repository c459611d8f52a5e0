using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Prompts;

namespace MuseCluster.Bench.Pictures;

/// <summary>
/// The work of <see cref="TextToImagePipeline"/> with a stopwatch at every phase: the same calls in the same order, over
/// networks that count their own time.
/// </summary>
internal sealed class StagedPipeline : IDisposable
{
    private readonly MuseModel _model;
    private readonly PictureFactory _factory;
    private readonly PromptEmbedding _empty;
    private readonly TimedTransformer _baseNetwork;
    private readonly TimedTransformer? _superresNetwork;
    private readonly MaskedDecoder _base;
    private readonly MaskedDecoder? _superres;

    /// <summary>Prepares both decoders.</summary>
    /// <param name="model">The model; owned by the caller.</param>
    internal StagedPipeline(MuseModel model)
    {
        _model = model;
        _factory = new PictureFactory(model);
        _empty = _factory.Encode("");
        (_base, _baseNetwork) = Decoder(model.Base);
        if (model.Superres is not null)
            (_superres, _superresNetwork) = Decoder(model.Superres);
    }

    /// <summary>Makes pictures.</summary>
    /// <param name="requests">What to make.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>Where the time went.</returns>
    internal PhaseTimes Run(IReadOnlyList<GenerationRequest> requests, CancellationToken cancellation)
    {
        var prompts = new List<PromptEmbedding>();
        var pictures = new List<MaskedPicture>();
        try
        {
            var text = Timed(() => prompts.AddRange(requests.Select(r => _factory.Encode(r.Prompt))));
            text += Timed(() => pictures.AddRange(requests.Select((r, i) => _factory.StartBase(r, prompts[i], _empty))));
            var (basePasses, baseRest) = Decode(_base, _baseNetwork, pictures, cancellation);
            var (superresPasses, superresRest) = (0.0, 0.0);
            var last = pictures;
            if (_superres is not null)
            {
                var high = new List<MaskedPicture>();
                text += Timed(() => high.AddRange(requests.Select((r, i) => _factory.StartSuperres(r, last[i].Grid, prompts[i], _empty))));
                pictures = [.. pictures, .. high];
                (superresPasses, superresRest) = Decode(_superres, _superresNetwork!, high, cancellation);
                last = high;
            }
            var pixels = Timed(() => _factory.Decode(requests, [.. last.Select(p => p.Grid.ToArray())], cancellation));
            return new PhaseTimes(text, basePasses, baseRest, superresPasses, superresRest, pixels);
        }
        finally
        {
            prompts.ForEach(p => p.Dispose());
            pictures.ForEach(p => p.Dispose());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _base.Dispose();
        _superres?.Dispose();
        _empty.Dispose();
    }

    private (double Passes, double Own) Decode(MaskedDecoder decoder, TimedTransformer network, List<MaskedPicture> pictures, CancellationToken cancellation)
    {
        network.Reset();
        var seconds = Timed(() =>
        {
            pictures.ForEach(decoder.Add);
            try
            {
                while (decoder.Pictures.Count > 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    decoder.Step();
                }
            }
            finally
            {
                pictures.ForEach(p => decoder.Remove(p));
            }
        });
        return (network.Seconds, seconds - network.Seconds);
    }

    private double Timed(Action work) => Timing.Once(work, _model.Device);

    private (MaskedDecoder Decoder, TimedTransformer Network) Decoder(IMaskedTransformer network)
    {
        var timed = new TimedTransformer(network, _model.Device);
        return (new MaskedDecoder(timed, _model.Device, MaskedDecoderOptions.For(network, _model.Device)), timed);
    }
}
