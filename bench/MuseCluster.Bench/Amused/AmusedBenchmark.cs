using MuseCluster.Bench.Reporting;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Torch;

namespace MuseCluster.Bench.Amused;

/// <summary>
/// Measures aMUSEd's transformer with random weights against PyTorch on the same machine: loading, a forward, and a guided
/// decoding.
/// </summary>
/// <param name="options">What, and how often.</param>
/// <param name="progress">Told when a part begins.</param>
public sealed class AmusedBenchmark(AmusedBenchOptions options, IProgress<BenchProgress>? progress)
{
    private int _done;

    private int Parts => 4 + (2 * options.Loads) + (options.Decodings > 0 ? 1 : 0);

    /// <summary>Measures everything.</summary>
    /// <param name="cancellation">Stops.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="InvalidOperationException">There is no PyTorch, it has other libraries, or its logits are not ours.</exception>
    public AmusedReport Run(CancellationToken cancellation)
    {
        PyTorchProcess.Require(options.Python);
        torch.set_num_threads(options.Threads);
        var machine = Machine.Here(torch.CPU);
        _done = 0;
        Begin("writing the network");
        using var network = RandomUVit.Create(options.Network, options.Folder, cancellation);
        using var inputs = new UVitCase(options.Network, options.TextLength);
        var loads = Loads(network, inputs, cancellation);

        Begin("starting PyTorch");
        using var model = network.Load();
        using var case_ = new TemporaryCase(model, inputs);
        using var asItComes = PyTorchProcess.Start(options.Python, network.Folder, case_.File, options.Threads, MathLibraries.Settings());
        using var keeping = PyTorchProcess.Start(options.Python, network.Folder, case_.File, options.Threads, MathLibraries.SettingsOfMemoryToo());
        Begin("forwards");
        var forwards = ForwardComparison.Measure(model, inputs, (asItComes, keeping), options, cancellation);
        Begin("products");
        var products = UVitProducts.Measure(model, inputs, cancellation);
        return new AmusedReport
        {
            Machine = machine,
            Weights = model.parameters().Sum(p => p.numel()),
            Loads = loads,
            Forwards = forwards,
            Products = products,
            Decodings = options.Decodings == 0 ? null : Decodings(model, inputs, forwards.PyTorch.Wall.Median < forwards.PyTorchKeeping.Wall.Median ? asItComes : keeping, cancellation),
        };
    }

    private List<LoadTimes> Loads(RandomUVit network, UVitCase inputs, CancellationToken cancellation)
    {
        var loads = new List<LoadTimes>();
        for (var i = 0; i < options.Loads; i++)
            foreach (var cold in (bool[])[false, true])
            {
                cancellation.ThrowIfCancellationRequested();
                Begin(cold ? "loading from a cold file" : "loading from a warm file");
                loads.Add(LoadTimes.Measure(network, inputs, cold));
            }
        return loads;
    }

    private DecodingComparison Decodings(UVit2DModel model, UVitCase inputs, PyTorchProcess pyTorch, CancellationToken cancellation)
    {
        Begin("decodings");
        using var scope = torch.NewDisposeScope();
        var input = OurDecoding.Twice(inputs);
        using var ours = new OurDecoding(model, input, options.Steps, options.Guidance);
        using var plain = new OurDecoding(new PlainUVit(model), input, options.Steps, options.Guidance);
        var (here, without, there) = (new List<(double, double)>(), new List<(double, double)>(), new List<(double, double)>());
        var command = FormattableString.Invariant($"decode {options.Steps} {options.Guidance}");
        var masked = ours.Run();
        for (var run = 0; run < options.Decodings; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            here.Add(SideTimes.Once(() => ours.Run()));
            there.AddRange(pyTorch.Time(command, cancellation));
            without.Add(SideTimes.Once(() => plain.Run()));
        }
        var (pass, plainPass) = DecodingSavings.Passes(model, input, masked[masked.Count / 2], cancellation);
        return new DecodingComparison(
            options.Steps, options.Guidance, SideTimes.Of(there), SideTimes.Of(here), SideTimes.Of(without), pass, plainPass, DecodingSavings.Measure(model, input, masked, cancellation));
    }

    private void Begin(string part) => progress?.Report(new BenchProgress(part, _done++, Parts));

    // What PyTorch reads: the inputs, and our logits to compare with.
    private sealed class TemporaryCase : IDisposable
    {
        internal TemporaryCase(UVit2DModel model, UVitCase inputs)
        {
            using var logits = inputs.Run(model);
            inputs.Save(File, logits);
        }

        internal string File { get; } = Path.GetTempFileName();

        public void Dispose() => System.IO.File.Delete(File);
    }
}
