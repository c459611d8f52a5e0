using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Autoregressive;

/// <summary>
/// A masked transformer's weights run as an autoregressive one: a position sees the tokens of the one before it, attends
/// to the positions before it through a cache, and gives the logits of its own tokens. It was not trained so; what it
/// costs is what is asked, and that depends on no weight.
/// </summary>
internal sealed class CausalTransformer
{
    private readonly MuseTransformerConfig _config;
    private readonly Dictionary<string, Tensor> _weights;
    private readonly Layer[] _layers;
    private readonly int _headDim;

    // Of a masked position's window the square alone: its neighbours are not all there yet.
    private readonly Tensor _fold;

    /// <summary>Takes a network's weights.</summary>
    /// <param name="network">The network, a <see cref="BaseTransformer"/> or <see cref="SuperResolutionTransformer"/>; owned by the caller.</param>
    internal CausalTransformer(IMaskedTransformer network)
    {
        _config = network.Config();
        _headDim = _config.Dim / _config.Heads;
        _weights = ((nn.Module)network).state_dict();
        _fold = W("input.fold.weight").view(_config.Dim, _config.Window, _config.Window, _config.TokenDim)
            .narrow(1, _config.Overlap, _config.Patch).narrow(2, _config.Overlap, _config.Patch)
            .reshape(_config.Dim, -1);
        _layers = [.. Enumerable.Range(0, _config.Layers).Select(i => new Layer(_weights, $"blocks.{i}."))];
    }

    /// <summary>Makes an empty cache.</summary>
    /// <param name="sequences">Pictures x groups.</param>
    internal KeyValueCache Cache(int sequences) =>
        new(_config.Layers, (long)sequences * _config.Heads, _config.Positions, _headDim, W("input.positions.weight").device);

    /// <summary>Runs one position.</summary>
    /// <param name="previous">int64 [Pictures, Patch^2]: the tokens of the position before; the mask's index at the first.</param>
    /// <param name="position">The position.</param>
    /// <param name="groups">Groups per picture.</param>
    /// <param name="conditioning">What cross-attention sees, sequences by picture, then by group.</param>
    /// <param name="cache">Takes the position's keys and values.</param>
    /// <returns>[Pictures x groups x Patch^2, CodebookSize].</returns>
    internal Tensor Step(Tensor previous, int position, int groups, Conditioning conditioning, KeyValueCache cache)
    {
        var pictures = previous.size(0);
        var sequences = pictures * groups;
        var x = nn.functional.embedding(previous, W("input.tokens.weight")).view(pictures, -1);
        x = nn.functional.linear(x, _fold, W("input.fold.bias")) + W("input.positions.weight").select(0, position);
        if (groups > 1)
            x = x.unsqueeze(1).expand(pictures, groups, _config.Dim).reshape(sequences, _config.Dim);
        if (conditioning.Input is { } input)
            x = x + input.select(1, position);
        for (var i = 0; i < _layers.Length; i++)
        {
            var layer = _layers[i];
            var parts = nn.functional.linear(Norm(x, layer.Norm1), layer.Qkv).view(sequences, 3, _config.Dim);
            var (keys, values) = cache.Append(i, position, parts.select(1, 1), parts.select(1, 2));
            x = x + nn.functional.linear(Attend(parts.select(1, 0), keys, values, null), layer.SelfOutput);
            var queries = nn.functional.linear(Norm(x, layer.Norm2), layer.CrossQuery);
            x = x + nn.functional.linear(Attend(queries, conditioning.Keys[i], conditioning.Values[i], conditioning.Bias), layer.CrossOutput);
            var hidden = nn.functional.linear(Norm(x, layer.Norm3), layer.MlpIn.Weight, layer.MlpIn.Bias).gelu();
            x = x + nn.functional.linear(hidden, layer.MlpOut.Weight, layer.MlpOut.Bias);
        }
        var each = nn.functional.linear(Norm(x, (W("output.norm.weight"), W("output.norm.bias"))), W("output.unfold.weight"), W("output.unfold.bias"))
            .view(sequences * _config.Patch * _config.Patch, -1);
        return nn.functional.linear(each.gelu(), W("output.head.weight"), W("output.head.bias"));
    }

    private Tensor W(string name) => _weights[name];

    private Tensor Norm(Tensor x, (Tensor Weight, Tensor Bias) norm) => nn.functional.layer_norm(x, [_config.Dim], norm.Weight, norm.Bias);

    private Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor? bias)
    {
        var sequences = queries.size(0);
        var scores = queries.reshape(sequences * _config.Heads, 1, _headDim).mul(1 / Math.Sqrt(_headDim)).bmm(keys.transpose(1, 2));
        if (bias is not null)
            scores = scores.view(sequences, _config.Heads, 1, -1).add(bias).view(sequences * _config.Heads, 1, -1);
        return scores.softmax(-1).bmm(values).view(sequences, _config.Dim);
    }

    private sealed class Layer(Dictionary<string, Tensor> weights, string prefix)
    {
        public (Tensor Weight, Tensor Bias) Norm1 { get; } = Pair(weights, prefix + "norm1");

        public (Tensor Weight, Tensor Bias) Norm2 { get; } = Pair(weights, prefix + "norm2");

        public (Tensor Weight, Tensor Bias) Norm3 { get; } = Pair(weights, prefix + "norm3");

        public (Tensor Weight, Tensor Bias) MlpIn { get; } = Pair(weights, prefix + "mlp_in");

        public (Tensor Weight, Tensor Bias) MlpOut { get; } = Pair(weights, prefix + "mlp_out");

        public Tensor Qkv { get; } = weights[prefix + "self_attention.qkv.weight"];

        public Tensor SelfOutput { get; } = weights[prefix + "self_attention.output.weight"];

        public Tensor CrossQuery { get; } = weights[prefix + "cross_attention.query.weight"];

        public Tensor CrossOutput { get; } = weights[prefix + "cross_attention.output.weight"];

        private static (Tensor Weight, Tensor Bias) Pair(Dictionary<string, Tensor> weights, string name) => (weights[name + ".weight"], weights[name + ".bias"]);
    }
}
