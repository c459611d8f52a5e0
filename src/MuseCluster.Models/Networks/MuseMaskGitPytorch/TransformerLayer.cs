using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.MuseMaskGitPytorch;

/// <summary>Self-attention (<c>0</c>), attention to the context (<c>1</c>) and feed-forward (<c>2</c>), each added to its input.</summary>
public sealed class TransformerLayer : nn.Module
{
    private readonly CosineAttention self;
    private readonly CosineAttention cross;
    private readonly GatedFeedForward feedForward;

    /// <summary>Makes a layer.</summary>
    /// <param name="config">The model.</param>
    public TransformerLayer(TransformerConfig config)
        : base(nameof(TransformerLayer))
    {
        ArgumentNullException.ThrowIfNull(config);
        self = new CosineAttention(config);
        cross = new CosineAttention(config);
        feedForward = new GatedFeedForward(config.Dim, config.FfMult);
        register_module("0", self);
        register_module("1", cross);
        register_module("2", feedForward);
    }

    /// <summary>Computes the layer.</summary>
    /// <param name="states">[B, N, dim].</param>
    /// <param name="context">[B, S, dim].</param>
    /// <param name="hidden">[B, 1, 1, 1 + S] bool, as <see cref="CosineAttention.forward"/> takes it.</param>
    /// <returns>[B, N, dim].</returns>
    public Tensor forward(Tensor states, Tensor context, Tensor hidden)
    {
        ArgumentNullException.ThrowIfNull(states);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = self.forward(states).add(states);
        x = cross.forward(x, context, hidden).add(x);
        return scope.MoveToOuter(feedForward.forward(x).add(x));
    }

    /// <summary>The keys and values of a context.</summary>
    /// <param name="context">[N, S, dim].</param>
    /// <returns>Each [N x heads, 1 + S, head width].</returns>
    internal (Tensor Keys, Tensor Values) Project(Tensor context) => cross.Project(context);

    /// <summary>Computes the layer over the rows of a pass.</summary>
    /// <param name="rows">[Pictures, Rows, dim].</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="conditioning">The keys and values of all layers.</param>
    /// <param name="index">Which are this layer's.</param>
    /// <param name="shown">What <see cref="CosineAttention.Self"/> takes.</param>
    /// <returns>[Pictures, Rows, dim].</returns>
    internal Tensor Rows(Tensor rows, RowLayout layout, Conditioning conditioning, int index, Tensor shown)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = self.Self(rows, layout, shown).add(rows);
        x = cross.Cross(x, layout, conditioning, index).add(x);
        return scope.MoveToOuter(feedForward.forward(x).add(x));
    }
}
