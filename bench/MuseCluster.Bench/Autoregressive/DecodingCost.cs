using MuseCluster.Bench.Arithmetic;
using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Randomness;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Prompts;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Autoregressive;

/// <summary>What one grid costs on one network, decoded both ways.</summary>
/// <param name="Grid">Which grid and network.</param>
/// <param name="Tokens">Tokens of the grid.</param>
/// <param name="Positions">Positions of the network: passes of autoregressive decoding.</param>
/// <param name="Together">Pictures decoded together.</param>
/// <param name="MaskedPasses">Passes per picture of masked decoding.</param>
/// <param name="Masked">Seconds of masked decoding, all pictures.</param>
/// <param name="MaskedWork">Its arithmetic, per picture.</param>
/// <param name="Autoregressive">Seconds of autoregressive decoding, all pictures.</param>
/// <param name="AutoregressiveWork">Its arithmetic, per picture.</param>
public sealed record DecodingCost(
    string Grid, int Tokens, int Positions, int Together, int MaskedPasses, Timing Masked, Work MaskedWork, Timing Autoregressive, Work AutoregressiveWork)
{
    /// <summary>How many times faster masked decoding is.</summary>
    public double Speedup => Autoregressive.Median / Masked.Median;

    /// <summary>Measures both ways on the same conditioning, which is prepared beforehand.</summary>
    /// <param name="grid">What to call it.</param>
    /// <param name="network">The network.</param>
    /// <param name="device">Where it is.</param>
    /// <param name="options">How masked decoding goes; both use its guidance.</param>
    /// <param name="together">Pictures decoded together.</param>
    /// <param name="runs">Most runs of each.</param>
    /// <param name="atMost">No run is begun after this time.</param>
    /// <param name="cancellation">Stops.</param>
    public static DecodingCost Measure(
        string grid, IMaskedTransformer network, Device device, DecodingOptions options, int together, int runs, TimeSpan atMost, CancellationToken cancellation)
    {
        var config = network.Config();
        var work = new TransformerWork(config);
        var groups = TransformerWork.Groups(options);
        var random = Enumerable.Range(0, together).Select(i => new TokenRandom(7, (uint)i, 0)).ToList();
        using var conditionings = new Disposables<Conditioning>(Enumerable.Range(0, together).Select(_ => Condition(network, groups, device)));
        using var joined = Join(conditionings.Items);

        using var decoder = new MaskedDecoder(network, device, MaskedDecoderOptions.For(network, device));
        var masked = Timing.Of(() => Decode(decoder, network.Shape, options, conditionings.Items, random, cancellation), device, runs, atMost, cancellation);
        var causal = new AutoregressiveDecoder(new CausalTransformer(network), config, device);
        var autoregressive = Timing.Of(() => causal.Decode(joined, options.Guidance, random, cancellation), device, runs, atMost, cancellation);
        return new DecodingCost(
            grid, config.Tokens, config.Positions, together, TransformerWork.MaskedAtSteps(options, config.Tokens).Count(),
            masked, work.Passes(options), autoregressive, work.Autoregressive(groups));
    }

    private static void Decode(
        MaskedDecoder decoder, MaskedTransformerShape shape, DecodingOptions options, IReadOnlyList<Conditioning> conditionings,
        IReadOnlyList<TokenRandom> random, CancellationToken cancellation)
    {
        var pictures = conditionings.Select((c, i) => MaskedPicture.New(shape, options, c, random[i])).ToList();
        try
        {
            pictures.ForEach(decoder.Add);
            while (decoder.Pictures.Count > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                decoder.Step();
            }
        }
        finally
        {
            // The pictures are not disposed: what they attend to serves the next run too.
            pictures.ForEach(p => decoder.Remove(p));
        }
    }

    private static Conditioning Condition(IMaskedTransformer network, int groups, Device device)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var prompt = network.Shape.Prompt;
        var text = randn([groups, prompt.Length, prompt.Width], device: device);
        var mask = ones([groups, prompt.Length], dtype: @bool, device: device);
        var low = network.Shape.Low is { } grid ? randint(grid.CodebookSize, [groups, grid.Tokens!.Value], int64, device) : null;
        return network.Condition(new ConditioningInput(new PromptEmbedding(text, mask), low)).Keep();
    }

    private static Conditioning Join(IReadOnlyList<Conditioning> items)
    {
        using var guard = inference_mode();
        return Conditioning.Concat(items);
    }
}
