using MuseCluster.Bench.Arithmetic;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Profiling;

/// <summary>
/// Where the time of one pass goes by kind of operator. Linear layers, normalisations, activations and sums are called
/// alone, at the pass' shapes, and counted as often as the pass calls them; what they leave of a whole pass is attention,
/// with the copies around it, and small calls.
/// </summary>
/// <param name="Pictures">Pictures in the pass.</param>
/// <param name="Masked">Masked tokens per picture.</param>
/// <param name="Threads">Threads that the pass takes.</param>
/// <param name="Seconds">A whole pass at its fastest.</param>
/// <param name="Work">Its arithmetic.</param>
/// <param name="Kinds">The parts, which add up to the pass.</param>
public sealed record PassProfile(int Pictures, int Masked, int Threads, double Seconds, Work Work, IReadOnlyList<KindTime> Kinds)
{
    /// <summary>The kind of linear layers.</summary>
    public const string Linear = "linear layers, padding rows included";

    private const string Norm = "layer norm", Gelu = "GELU", Sums = "residual sums", Gather = "masked tokens' rows", Rest = "attention, copies, small calls";

    /// <summary>The linear layers' part.</summary>
    public KindTime LinearLayers => Kinds.First(k => k.Kind == Linear);

    /// <summary>Profiles a pass.</summary>
    /// <param name="network">The network.</param>
    /// <param name="layout">How the rows of the pass lie.</param>
    /// <param name="masked">Masked tokens per picture.</param>
    /// <param name="maskedRows">Rows that they take with padding.</param>
    /// <param name="device">Where the network is.</param>
    /// <param name="perOperator">Time spent on each operator.</param>
    public static PassProfile Measure(IMaskedTransformer network, RowLayout layout, int masked, int maskedRows, Device device, TimeSpan perOperator)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var config = network.Config();
        var transformer = new TransformerWork(config);
        var work = layout.Pictures * transformer.Pass(layout.Groups, masked);
        var logits = layout.Sequences * maskedRows;

        var parts = new OperatorTimer(device, perOperator);
        AddLayers(parts, config, layout, logits, device);
        AddTheirNeighbours(parts, config, layout, logits, device);

        var tokens = randint(config.CodebookSize, [layout.Pictures, config.GridSize, config.GridSize], int64, device);
        var rows = randint((long)layout.Sequences * config.Tokens, [logits], int64, device);
        var conditioning = AnyConditioning(config, layout, transformer.Context, device);
        var whole = new OperatorTimer(device, 6 * perOperator);
        whole.Add("pass", 1, default, () => network.Logits(tokens, layout, conditioning, rows));
        var seconds = whole.Kinds[0].Seconds;
        return new PassProfile(
            layout.Pictures, masked, get_num_threads(), seconds, work,
            [.. parts.Kinds, new KindTime(Rest, seconds - parts.Kinds.Sum(k => k.Seconds), new Work(Attention: work.Attention))]);
    }

    private static void AddLayers(OperatorTimer timer, MuseTransformerConfig config, RowLayout layout, int logits, Device device)
    {
        var (dim, layers, rows, square) = (config.Dim, config.Layers, layout.Pictures * layout.Rows, config.Patch * config.Patch);
        var width = config.RowLayers[^1].Input;
        void Layer(int times, int count, int input, int output)
        {
            var (x, weight, bias) = (randn([count, input], device: device), randn([output, input], device: device), randn([output], device: device));
            timer.Add(Linear, times, Work.Layer(count, input, output), () => nn.functional.linear(x, weight, bias));
        }
        Layer(1, layout.Pictures * layout.GridRows, config.TokenDim * config.Window * config.Window, dim);
        Layer(layers, rows, dim, 3 * dim);
        Layer(3 * layers, rows, dim, dim);
        Layer(layers, rows, dim, config.MlpDim);
        Layer(layers, rows, config.MlpDim, dim);
        Layer(1, rows, dim, width * square);
        Layer(1, logits, width, config.CodebookSize);
    }

    private static void AddTheirNeighbours(OperatorTimer timer, MuseTransformerConfig config, RowLayout layout, int logits, Device device)
    {
        var (dim, layers, width) = (config.Dim, config.Layers, config.RowLayers[^1].Input);
        var state = randn([layout.Pictures, layout.Rows, dim], device: device);
        var (gain, shift) = (ones([dim], device: device), zeros([dim], device: device));
        timer.Add(Norm, (3 * layers) + 1, default, () => nn.functional.layer_norm(state, [dim], gain, shift));
        var (hidden, unfolded) = (randn([layout.Pictures, layout.Rows, config.MlpDim], device: device), randn([logits, width], device: device));
        timer.Add(Gelu, layers, default, () => hidden.gelu());
        timer.Add(Gelu, 1, default, () => unfolded.gelu());
        timer.Add(Sums, 3 * layers, default, () => state + state);
        var all = randn([(long)layout.Sequences * config.Tokens, width], device: device);
        var chosen = randint((long)layout.Sequences * config.Tokens, [logits], int64, device);
        timer.Add(Gather, 1, default, () => all.index_select(0, chosen));
    }

    private static Conditioning AnyConditioning(MuseTransformerConfig config, RowLayout layout, int context, Device device)
    {
        Tensor[] Make() => [.. Enumerable.Range(0, config.Layers).Select(_ => randn([(long)layout.Sequences * config.Heads, context, config.Dim / config.Heads], device: device))];
        var input = config is SuperResolutionTransformerConfig { LowSkip: true } ? randn([layout.Sequences, config.Positions, config.Dim], device: device) : null;
        return new Conditioning(Make(), Make(), zeros([layout.Sequences, 1, 1, context], device: device), input);
    }
}
