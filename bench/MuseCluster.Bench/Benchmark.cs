using MuseCluster.Bench.Arithmetic;
using MuseCluster.Bench.Autoregressive;
using MuseCluster.Bench.Pictures;
using MuseCluster.Bench.Profiling;
using MuseCluster.Bench.Reporting;
using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench;

/// <summary>
/// Measures a model on this machine, part by part. Pictures come first, so that the peak of memory is theirs and not that
/// of the products which measure the machine.
/// </summary>
/// <param name="load">Loads the model; the benchmark disposes it.</param>
/// <param name="device">Where the model is loaded to.</param>
/// <param name="options">How long it may take.</param>
/// <param name="progress">Told when a part begins.</param>
public sealed class Benchmark(Func<MuseModel> load, Device device, BenchOptions options, IProgress<BenchProgress>? progress)
{
    private int _done;
    private int _total;

    /// <summary>Measures everything.</summary>
    /// <param name="cancellation">Stops.</param>
    /// <returns>What was found.</returns>
    public BenchReport Run(CancellationToken cancellation)
    {
        var machine = Machine.Here(device);
        (_done, _total) = (0, 6 + (2 * options.Together.Count) + (2 * options.GridsTogether.Count) + options.PaperGridTogether.Count);
        Begin("load");
        MuseModel? model = null;
        var loadSeconds = Timing.Once(() => model = load(), device);
        using var loaded = model!;
        var peakLoaded = ProcessMemory.Peak();
        var prompts = new BenchPrompts(loaded);

        Begin("prepare");
        TextToImagePipeline? made = null;
        var prepareSeconds = Timing.Once(() => made = new TextToImagePipeline(loaded), device);
        using var pipeline = made!;
        var pictures = options.Together.Select(count =>
        {
            Begin($"pictures, {count} together");
            return PictureTimes.Measure(loaded, pipeline, prompts, count, options.Runs, options.PerCount, cancellation);
        }).ToList();
        var peakGenerated = ProcessMemory.Peak();

        var phases = Phases(loaded, prompts, cancellation);
        Begin("matrix products");
        var ceiling = MatrixCeiling.Measure(device, options.PerShape, cancellation);
        var passes = Passes(loaded, cancellation);
        var decodings = Decodings(loaded, cancellation);
        Begin("operator calls");
        var operators = OperatorOverhead.Measure(rounds: options.OperatorRounds);
        return new BenchReport
        {
            Machine = machine,
            Model = loaded.Manifest.Name,
            Operators = operators,
            Ceiling = ceiling,
            Work = PictureWork.Of(loaded, prompts.Take(1)[0]),
            Pictures = pictures,
            Phases = phases,
            BaseTokens = loaded.BaseShape.Tokens,
            SuperresTokens = loaded.SuperresShape?.Tokens ?? 0,
            Passes = passes,
            LoadSeconds = loadSeconds,
            PrepareSeconds = prepareSeconds,
            PeakLoaded = peakLoaded,
            PeakGenerated = peakGenerated,
            Decodings = decodings,
        };
    }

    private List<(int, PhaseTimes)> Phases(MuseModel model, BenchPrompts prompts, CancellationToken cancellation)
    {
        using var staged = new StagedPipeline(model);
        return [.. options.Together.Select(count =>
        {
            Begin($"phases, {count} together");
            var runs = new List<PhaseTimes>();
            var timing = Timing.Of(() => runs.Add(staged.Run(prompts.Take(count), cancellation)), device, 3, options.PerCount / 2, cancellation);

            // A whole run, not a mix of several: its phases add up to its time. The first one warms up.
            return (count, runs.Skip(1).OrderBy(r => r.Total).ElementAt(timing.Seconds.Count / 2));
        })];
    }

    private List<(string, PassProfile)> Passes(MuseModel model, CancellationToken cancellation)
    {
        var defaults = GenerationRequest.From("", 0, model.Manifest.Defaults);
        var found = new List<(string, PassProfile)>();
        void Profile(string name, IMaskedTransformer network, DecodingOptions decoding)
        {
            cancellation.ThrowIfCancellationRequested();
            Begin($"one pass, {name}");
            var cut = MaskedDecoderOptions.For(network, device);
            var groups = TransformerWork.Groups(decoding);
            var layout = cut.Layout(network.Shape, cut.PicturesPerPass, groups);
            var masked = (int)TransformerWork.MaskedAtSteps(decoding, network.Shape.Tokens).Average();
            using var threads = NewNumThreadsScope(cut.Threads);
            found.Add((name, PassProfile.Measure(network, layout, masked, cut.RowsPerShare(masked, layout.Sequences), device, options.PerOperator)));
        }
        Profile("base", model.Base, defaults.BaseDecoding());
        if (model.Superres is { } superres)
            Profile("superres", superres, defaults.SuperresDecoding());
        return found;
    }

    private List<DecodingCost> Decodings(MuseModel model, CancellationToken cancellation)
    {
        var defaults = GenerationRequest.From("", 0, model.Manifest.Defaults);
        var costs = new List<DecodingCost>();
        void Compare(string grid, IMaskedTransformer network, DecodingOptions decoding, IReadOnlyList<int> together)
        {
            foreach (var count in together)
            {
                Begin($"masked and autoregressive, {grid}, {count} together");
                costs.Add(DecodingCost.Measure(grid, network, device, decoding, count, 3, options.PerDecoding, cancellation));
            }
        }
        Compare("base", model.Base, defaults.BaseDecoding(), options.GridsTogether);
        if (model.Superres is { } superres)
            Compare("superres", superres, defaults.SuperresDecoding(), options.GridsTogether);

        var paper = (BaseTransformerConfig)model.Base.Config() with { GridSize = 16, Patch = 1 };
        using var network = new BaseTransformer(paper);
        network.requires_grad_(false);
        network.move_to(device);
        network.eval();
        Compare("paper's 16x16", network, defaults.BaseDecoding(), options.PaperGridTogether);
        return costs;
    }

    private void Begin(string part) => progress?.Report(new BenchProgress(part, _done++, _total));
}
