using MuseCluster.Bench.Arithmetic;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Models.Networks.Attention;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Amused;

/// <summary>What products of one kind take, all those of a forward.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Times">Several runs.</param>
/// <param name="Work">Their arithmetic.</param>
public sealed record ProductTimes(string Kind, SideTimes Times, Work Work);

/// <summary>
/// Times a forward's products without what is between them: each layer's own weights one after the other, so that they come
/// from memory as they do in a forward, on inputs of the right shapes. What a forward takes beyond that are normalisations,
/// activations, sums and copies.
/// </summary>
internal sealed class UVitProducts
{
    private const int Runs = 5;
    private const string Places = "linear layers, every place", Text = "linear layers, text", Condition = "linear layers, condition",
        Convolutions = "convolutions of 3 x 3", Attention = "attention, softmax included";

    private readonly Dictionary<string, (List<Func<Tensor>> Calls, Work Work)> _kinds = [];
    private readonly Dictionary<string, Tensor> _inputs = [];

    private UVitProducts(UVit2DModel network, UVitCase inputs)
    {
        var (config, side, text) = (network.Config, inputs.Ids.size(1), inputs.Text.size(1));
        foreach (var (name, weight) in network.named_parameters())
        {
            if (name.StartsWith("embed.embeddings.", StringComparison.Ordinal) || weight.numel() == weight.size(-1))
                continue;
            if (name.Contains("depthwise", StringComparison.Ordinal))
                Convolution(weight, side);
            else
                Layer(KindOf(name), weight.flatten(1), side * side, text);
        }
        for (var layer = 0; layer < config.NumHiddenLayers; layer++)
            foreach (var keys in (long[])[side * side, text])
                Attend(config.NumAttentionHeads, side * side, keys, config.HiddenSize);
        for (var attention = 0; attention < 4 * config.NumResBlocks; attention++)
            Attend(config.BlockNumHeads, side * side, text, config.BlockOutChannels);
    }

    /// <summary>Times them, by kind.</summary>
    /// <param name="network">The network, one that neither halves nor doubles its grid.</param>
    /// <param name="inputs">What tells the sizes.</param>
    /// <param name="cancellation">Stops.</param>
    internal static IReadOnlyList<ProductTimes> Measure(UVit2DModel network, UVitCase inputs, CancellationToken cancellation)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        return [.. new UVitProducts(network, inputs)._kinds.Select(kind => new ProductTimes(
            kind.Key,
            SideTimes.Of([.. Enumerable.Range(0, Runs + 1).Select(_ =>
            {
                cancellation.ThrowIfCancellationRequested();
                return SideTimes.Once(() => Run(kind.Value.Calls));
            }).Skip(1)]),
            kind.Value.Work))];
    }

    private static void Run(List<Func<Tensor>> calls)
    {
        foreach (var call in calls)
        {
            using var scope = NewDisposeScope();
            call();
        }
    }

    // Which rows a layer sees is told by its name: those of the condition, of the text, or of the grid.
    private static string KindOf(string name)
    {
        bool Has(string part) => name.Contains(part, StringComparison.Ordinal);
        if (Has("cond_embed") || Has(".linear."))
            return Condition;
        var ofText = Has("encoder_proj.") || Has("kv_mapper") || ((Has(".to_k.") || Has(".to_v.")) && (Has("_block.") || Has("attn2")));
        return ofText ? Text : Places;
    }

    private void Layer(string kind, Tensor weight, long places, long text)
    {
        var rows = kind == Condition ? 1 : kind == Text ? text : places;
        var input = Input(rows, weight.size(1));
        Add(kind, Work.Layer(rows, weight.size(1), weight.size(0)), kind == Condition ? () => weight.matmul(input.squeeze(0)) : () => nn.functional.linear(input, weight));
    }

    private void Convolution(Tensor weight, long side)
    {
        var input = Input(1, side, side, weight.size(0)).permute(0, 3, 1, 2);
        Add(Convolutions, Work.Convolve(side * side, 1, weight.size(0), weight.size(2)), () => nn.functional.conv2d(input, weight, padding: [1, 1], groups: weight.size(0)));
    }

    private void Attend(int heads, long places, long keys, long width)
    {
        var (queries, memory) = (Input(1, places, width), Input(1, keys, width));
        var layout = new RowLayout(1, 1, (int)places, (int)places);
        if (keys == places)
        {
            Add(Attention, Work.Attend(places, keys, width), () => RowAttention.Self(queries, queries, queries, layout, heads));
            return;
        }
        var (split, bias) = (RowAttention.SplitHeads(memory, heads), zeros([1, 1, 1, keys]));
        Add(Attention, Work.Attend(places, keys, width), () => RowAttention.Cross(queries, layout, split, split, bias, heads));
    }

    // One of each shape: a forward's inputs are in the caches too.
    private Tensor Input(params long[] shape)
    {
        var key = string.Join(',', shape);
        return _inputs.TryGetValue(key, out var known) ? known : _inputs[key] = randn(shape);
    }

    private void Add(string kind, Work work, Func<Tensor> call)
    {
        var (calls, all) = _kinds.GetValueOrDefault(kind, ([], default));
        calls.Add(call);
        _kinds[kind] = (calls, all + work);
    }
}
