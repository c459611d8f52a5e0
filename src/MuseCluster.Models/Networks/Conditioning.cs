using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks;

/// <summary>
/// What a transformer is conditioned on, projected once per picture: the keys and values of every cross-attention, which of
/// them are padding, and what else stays the same over all steps. Sequences are ordered by picture, then by group.
/// </summary>
/// <param name="keys">Per cross-attention [sequences x heads, S, head dim].</param>
/// <param name="values">Per cross-attention [sequences x heads, S, head dim].</param>
/// <param name="bias">[sequences, 1, 1, S]: 0 where attended, a large negative number at padding.</param>
/// <param name="input">[sequences, n, dim] that the network's input takes: added to the n positions, or a class's, which stands before them; or null.</param>
/// <param name="modulations">Per normalisation that has one [sequences, 2 x dim]: scale, then shift. None by default.</param>
public sealed class Conditioning(Tensor[] keys, Tensor[] values, Tensor bias, Tensor? input = null, Tensor[]? modulations = null) : IDisposable
{
    /// <summary>What is added to the score of a padded position: exp of it is 0 in single precision.</summary>
    public const float Masked = -1e4f;

    private readonly Tensor[] _modulations = modulations ?? [];

    /// <summary>Per cross-attention [sequences x heads, S, head dim].</summary>
    public IReadOnlyList<Tensor> Keys => keys;

    /// <summary>Per cross-attention [sequences x heads, S, head dim].</summary>
    public IReadOnlyList<Tensor> Values => values;

    /// <summary>[sequences, 1, 1, S].</summary>
    public Tensor Bias => bias;

    /// <summary>[sequences, n, dim], or null.</summary>
    public Tensor? Input => input;

    /// <summary>Per normalisation [sequences, 2 x dim]: scale, then shift.</summary>
    public IReadOnlyList<Tensor> Modulations => _modulations;

    /// <summary>Sequences.</summary>
    public long Sequences => bias.size(0);

    /// <summary>Bytes of the tensors.</summary>
    public long Bytes => Tensors.Sum(t => t.numel() * sizeof(float));

    private IEnumerable<Tensor> Tensors => input is null ? [.. keys, .. values, .. _modulations, bias] : [.. keys, .. values, .. _modulations, bias, input];

    /// <summary>The conditioning of the keys and values that each cross-attention projected.</summary>
    /// <param name="projected">Per cross-attention, each [sequences x heads, S, head dim].</param>
    /// <param name="bias">[sequences, 1, 1, S].</param>
    /// <param name="input">[sequences, positions, dim] added to the positions at the network's input, or null.</param>
    /// <param name="modulations">Per normalisation that has one [sequences, 2 x dim].</param>
    internal static Conditioning Of(IEnumerable<(Tensor Keys, Tensor Values)> projected, Tensor bias, Tensor? input = null, IEnumerable<Tensor>? modulations = null)
    {
        (Tensor Keys, Tensor Values)[] all = [.. projected];
        return new Conditioning(Array.ConvertAll(all, p => p.Keys), Array.ConvertAll(all, p => p.Values), bias, input, modulations is null ? null : [.. modulations]);
    }

    /// <summary>What masks a text's padding in attention.</summary>
    /// <param name="mask">bool [N, S], true at what is attended to.</param>
    /// <returns>[N, 1, 1, S].</returns>
    public static Tensor BiasOf(Tensor mask) => (1 - mask.to(float32)).mul(Masked).unsqueeze(1).unsqueeze(1);

    /// <summary>The conditioning of several pictures in one pass.</summary>
    /// <param name="items">Each picture's, in the order of the pass.</param>
    /// <returns>A new object over copies.</returns>
    public static Conditioning Concat(IReadOnlyList<Conditioning> items)
    {
        Tensor[] Each(Func<Conditioning, IReadOnlyList<Tensor>> tensors) =>
            [.. Enumerable.Range(0, tensors(items[0]).Count).Select(l => cat([.. items.Select(i => tensors(i)[l])]))];
        return new Conditioning(
            Each(i => i.Keys), Each(i => i.Values), cat([.. items.Select(i => i.Bias)]),
            items[0].Input is null ? null : cat([.. items.Select(i => i.Input!)]), Each(i => i.Modulations)).Keep();
    }

    /// <summary>Takes the tensors out of every dispose scope: this object owns them.</summary>
    /// <returns>This object.</returns>
    public Conditioning Keep()
    {
        foreach (var tensor in Tensors)
            tensor.DetachFromDisposeScope();
        return this;
    }

    /// <summary>Hands the tensors to the scope outside a given one.</summary>
    /// <param name="scope">The scope that they are in.</param>
    /// <returns>This object.</returns>
    internal Conditioning MoveToOuter(DisposeScope scope)
    {
        foreach (var tensor in Tensors)
            scope.MoveToOuter(tensor);
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }
}
