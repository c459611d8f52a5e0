using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Autoregressive;

/// <summary>Every layer's self-attention keys and values of the positions decoded so far.</summary>
internal sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] _keys, _values;
    private readonly long _rows, _headDim;

    /// <summary>Makes room for all positions, so that a step copies one position and no more.</summary>
    /// <param name="layers">Layers.</param>
    /// <param name="rows">Sequences x heads.</param>
    /// <param name="positions">Positions of a grid.</param>
    /// <param name="headDim">Dimensions of a head.</param>
    /// <param name="device">Where.</param>
    internal KeyValueCache(int layers, long rows, int positions, long headDim, Device device)
    {
        (_rows, _headDim) = (rows, headDim);
        Tensor[] Make() => [.. Enumerable.Range(0, layers).Select(_ => zeros([rows, positions, headDim], device: device).DetachFromDisposeScope())];
        (_keys, _values) = (Make(), Make());
    }

    /// <summary>Adds a position to a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="position">The position.</param>
    /// <param name="key">[rows, head dim].</param>
    /// <param name="value">[rows, head dim].</param>
    /// <returns>Keys and values of the positions up to it, each [rows, position + 1, head dim].</returns>
    internal (Tensor Keys, Tensor Values) Append(int layer, int position, Tensor key, Tensor value)
    {
        _keys[layer].select(1, position).copy_(key.reshape(_rows, _headDim));
        _values[layer].select(1, position).copy_(value.reshape(_rows, _headDim));
        return (_keys[layer].narrow(1, 0, position + 1), _values[layer].narrow(1, 0, position + 1));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values))
            tensor.Dispose();
    }
}
