using System.Diagnostics;
using MuseCluster.Bench.Arithmetic;
using MuseCluster.Bench.Profiling;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Amused;

/// <summary>
/// What a forward takes where only its products are computed: every layer's own weights, one after the other as in a forward,
/// so that they come from memory as they do there, on inputs of the right shapes. What a forward takes beyond that are
/// normalisations, activations, sums and copies.
/// </summary>
internal sealed class UVitProducts
{
    private const int Passes = 5;
    private const string Places = "linear layers, every place", Text = "linear layers, text", Condition = "linear layers, condition",
        Convolutions = "convolutions", Attention = "attention";

    private readonly Dictionary<string, double> _best = [];
    private readonly Dictionary<string, (double Seconds, Work Work)> _pass = [];
    private readonly UVit2DModel _network;
    private readonly long _side, _textLength;

    private UVitProducts(UVit2DModel network, UVitCase inputs) => (_network, _side, _textLength) = (network, inputs.Ids.size(1), inputs.Text.size(1));

    /// <summary>Times them, by kind.</summary>
    /// <param name="network">The network, one that neither halves nor doubles its grid.</param>
    /// <param name="inputs">What tells the sizes.</param>
    internal static IReadOnlyList<KindTime> Measure(UVit2DModel network, UVitCase inputs)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var products = new UVitProducts(network, inputs);
        for (var pass = 0; pass < Passes; pass++)
            products.Pass();
        return [.. products._pass.Select(k => new KindTime(k.Key, products._best[k.Key], k.Value.Work))];
    }

    // Which rows a layer sees is told by its name: those of the condition, of the text, or of the grid.
    private static string KindOf(string name) => name switch
    {
        _ when name.StartsWith("cond_embed.", StringComparison.Ordinal) || name.Contains(".linear.", StringComparison.Ordinal) || name.Contains("cond_embeds_mapper", StringComparison.Ordinal) => Condition,
        _ when name.StartsWith("encoder_proj.", StringComparison.Ordinal) || name.Contains("kv_mapper", StringComparison.Ordinal) => Text,
        _ when name.Contains(".to_k.", StringComparison.Ordinal) || name.Contains(".to_v.", StringComparison.Ordinal) =>
            name.StartsWith("transformer_layers.", StringComparison.Ordinal) && name.Contains(".attn1.", StringComparison.Ordinal) ? Places : Text,
        _ => Places,
    };

    private void Pass()
    {
        _pass.Clear();
        var config = _network.Config;
        foreach (var (name, weight) in _network.named_parameters())
        {
            if (name.StartsWith("embed.embeddings.", StringComparison.Ordinal) || weight.shape is not ({ Length: 2 } or { Length: 4 }) || weight.size(-1) * weight.size(0) == 0)
                continue;
            if (weight.shape.Length == 2)
                Layer(KindOf(name), weight);
            else if (!name.Contains("channelwise_norm", StringComparison.Ordinal))
                Convolution(weight);
        }
        for (var layer = 0; layer < config.NumHiddenLayers; layer++)
            foreach (var keys in (long[])[_side * _side, _textLength])
                Attend(config.NumAttentionHeads, config.HiddenSize / config.NumAttentionHeads, keys);
        for (var block = 0; block < 4 * config.NumResBlocks; block++)
            Attend(config.BlockNumHeads, config.BlockOutChannels / config.BlockNumHeads, _textLength);
        foreach (var (kind, (seconds, _)) in _pass)
            _best[kind] = Math.Min(_best.GetValueOrDefault(kind, double.MaxValue), seconds);
    }

    private void Layer(string kind, Tensor weight)
    {
        var rows = kind == Condition ? 1 : kind == Text ? _textLength : _side * _side;
        var input = randn([rows, weight.size(1)]);
        Add(kind, Work.Layer(rows, weight.size(1), weight.size(0)), () => nn.functional.linear(input, weight));
    }

    private void Convolution(Tensor weight)
    {
        var (kernel, groups) = (weight.size(2), weight.size(1) == 1 ? weight.size(0) : 1);
        var input = randn([1, weight.size(1) * groups, _side, _side]);
        Add(Convolutions, new Work(Convolution: 2.0 * _side * _side * weight.numel()),
            () => nn.functional.conv2d(input, weight, padding: [kernel / 2, kernel / 2], groups: groups));
    }

    private void Attend(long heads, long width, long keys)
    {
        var (queries, memory) = (randn([heads, _side * _side, width]), randn([heads, keys, width]));
        Add(Attention, new Work(Attention: 4.0 * heads * _side * _side * keys * width), () => queries.bmm(memory.transpose(1, 2)).bmm(memory));
    }

    private void Add(string kind, Work work, Func<Tensor> call)
    {
        using var scope = NewDisposeScope();
        var started = Stopwatch.GetTimestamp();
        call();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var known = _pass.GetValueOrDefault(kind);
        _pass[kind] = (known.Seconds + seconds, known.Work + work);
    }
}
