using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>
/// What a transformer's cross-attention sees, projected once per picture: the keys and values of every layer, and which
/// of them are padding. Sequences are ordered by picture, then by group.
/// </summary>
/// <param name="keys">Per layer [sequences x heads, S, head dim].</param>
/// <param name="values">Per layer [sequences x heads, S, head dim].</param>
/// <param name="bias">[sequences, 1, 1, S]: 0 where attended, a large negative number at padding.</param>
/// <param name="input">[sequences, positions, dim] added to the positions at the network's input, or null.</param>
public sealed class Conditioning(Tensor[] keys, Tensor[] values, Tensor bias, Tensor? input = null) : IDisposable
{
    /// <summary>What is added to the score of a padded position: exp of it is 0 in single precision.</summary>
    public const float Masked = -1e4f;

    /// <summary>Per layer [sequences x heads, S, head dim].</summary>
    public IReadOnlyList<Tensor> Keys => keys;

    /// <summary>Per layer [sequences x heads, S, head dim].</summary>
    public IReadOnlyList<Tensor> Values => values;

    /// <summary>[sequences, 1, 1, S].</summary>
    public Tensor Bias => bias;

    /// <summary>[sequences, positions, dim], or null.</summary>
    public Tensor? Input => input;

    /// <summary>Bytes of the tensors.</summary>
    public long Bytes => Tensors.Sum(t => t.numel() * sizeof(float));

    private IEnumerable<Tensor> Tensors => input is null ? [.. keys, .. values, bias] : [.. keys, .. values, bias, input];

    /// <summary>The conditioning of several pictures in one pass.</summary>
    /// <param name="items">Each picture's, in the order of the pass.</param>
    /// <returns>A new object over copies.</returns>
    public static Conditioning Concat(IReadOnlyList<Conditioning> items)
    {
        var layers = items[0].Keys.Count;
        return new Conditioning(
            [.. Enumerable.Range(0, layers).Select(l => cat([.. items.Select(i => i.Keys[l])]))],
            [.. Enumerable.Range(0, layers).Select(l => cat([.. items.Select(i => i.Values[l])]))],
            cat([.. items.Select(i => i.Bias)]),
            items[0].Input is null ? null : cat([.. items.Select(i => i.Input!)])).Keep();
    }

    /// <summary>Takes the tensors out of every dispose scope: this object owns them.</summary>
    /// <returns>This object.</returns>
    public Conditioning Keep()
    {
        foreach (var tensor in Tensors)
            tensor.DetachFromDisposeScope();
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }
}
