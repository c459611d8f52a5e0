using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Amused;

/// <summary>Work of one decoding that is not done, timed by doing it.</summary>
/// <param name="Kind">What.</param>
/// <param name="Times">What it would take in one decoding.</param>
public sealed record Saving(string Kind, SideTimes Times);

/// <summary>Times what decoding here does once or not at all and the reference at every step.</summary>
internal static class DecodingSavings
{
    private const int Runs = 5;

    /// <summary>Times each.</summary>
    /// <param name="model">The network.</param>
    /// <param name="input">What both rows are given.</param>
    /// <param name="masked">Tokens masked before each step.</param>
    /// <param name="cancellation">Stops.</param>
    internal static IReadOnlyList<Saving> Measure(UVit2DModel model, ConditioningInput input, IReadOnlyList<int> masked, CancellationToken cancellation)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var (steps, tokens, side) = (masked.Count, model.Shape.Tokens, model.Config.SampleSize);
        var (grid, places) = (randint(model.Config.CodebookSize, [1, side, side], int64), randn([2L * tokens, model.Config.BlockOutChannels]));
        var layout = new RowLayout(1, 1, tokens, tokens);
        IReadOnlyList<(string, int, Action)> avoided =
        [
            ("text's keys and values, projected once", steps - 1, () => _ = model.Project(model.Text(input.Prompt.Embeddings)).Count()),
            ("condition's scales and shifts, projected once", steps - 1, () => _ = model.Modulations(model.cond_embed.forward(input.Prompt.Pooled!, input.Micro!)).Count()),
            ("tokens embedded and convolved for both rows at once", steps, () => model.down_block.res_blocks[0].Convolve(model.embed.forward(grid.flatten(1)), layout, side, side)),
        ];
        return
        [
            .. avoided.Select(a => new Saving(a.Item1, Scaled(Time(a.Item3, cancellation), a.Item2))),
            new Saving("logits at masked tokens alone", Difference(
                Scaled(Time(() => model.mlm_layer.forward(places), cancellation), steps),
                Time(() =>
                {
                    foreach (var count in masked)
                    {
                        using var step = NewDisposeScope();
                        model.mlm_layer.forward(places.narrow(0, 0, 2L * count));
                    }
                }, cancellation))),
        ];
    }

    /// <summary>Times one pass with all savings and without, in turns.</summary>
    /// <param name="model">The network.</param>
    /// <param name="input">What both rows are given.</param>
    /// <param name="masked">Masked tokens of the picture.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The pass as decoding makes it, and as <see cref="PlainUVit"/> does.</returns>
    internal static (SideTimes Pass, SideTimes Plain) Passes(UVit2DModel model, ConditioningInput input, int masked, CancellationToken cancellation)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var (tokens, side) = (model.Shape.Tokens, model.Config.SampleSize);
        var layout = new RowLayout(1, 2, tokens, 2 * tokens) { GridRows = tokens };
        var rows = tensor([.. Enumerable.Range(0, masked).Select(i => (long)i), .. Enumerable.Range(0, masked).Select(i => (long)tokens + i)]);
        var (grid, conditioning) = (randint(model.Config.CodebookSize, [1, side, side], int64), model.Condition(input));
        using var plain = new PlainUVit(model);
        var none = plain.Condition(input);
        var (with, without) = (new List<(double, double)>(), new List<(double, double)>());
        for (var run = 0; run <= Runs; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var one = NewDisposeScope();
            var (pass, whole) = (SideTimes.Once(() => model.Logits(grid, layout, conditioning, rows)), SideTimes.Once(() => plain.Logits(grid, layout, none, rows)));
            if (run == 0)
                continue;
            with.Add(pass);
            without.Add(whole);
        }
        return (SideTimes.Of(with), SideTimes.Of(without));
    }

    private static SideTimes Time(Action work, CancellationToken cancellation) => SideTimes.Of([.. Enumerable.Range(0, Runs + 1).Select(_ =>
    {
        cancellation.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        return SideTimes.Once(work);
    }).Skip(1)]);

    private static SideTimes Scaled(SideTimes times, int by) => new(Each(times.Wall, s => s * by), Each(times.Processor, s => s * by));

    private static SideTimes Difference(SideTimes all, SideTimes less) => new(Each(all.Wall, s => s - less.Wall.Median), Each(all.Processor, s => s - less.Processor.Median));

    private static Timing Each(Timing timing, Func<double, double> change) => new([.. timing.Seconds.Select(change)]);
}
