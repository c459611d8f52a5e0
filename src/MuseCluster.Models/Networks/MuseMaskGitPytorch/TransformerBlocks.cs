using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.MuseMaskGitPytorch;

/// <summary>The layers and the normalisation after them (<c>TransformerBlocks</c> of <c>muse_maskgit_pytorch.py</c>).</summary>
public sealed class TransformerBlocks : nn.Module
{

    /// <summary>Makes the layers.</summary>
    /// <param name="config">The model.</param>
    public TransformerBlocks(TransformerConfig config)
        : base(nameof(TransformerBlocks))
    {
        ArgumentNullException.ThrowIfNull(config);
        layers = new([.. Enumerable.Range(0, config.Depth).Select(_ => new TransformerLayer(config))]);
        norm = new GammaNorm(config.Dim);
        register_module(nameof(layers), layers);
        register_module(nameof(norm), norm);
    }

    /// <summary>The layers.</summary>
    internal ModuleList<TransformerLayer> layers { get; }

    /// <summary>Normalises what they give.</summary>
    internal GammaNorm norm { get; }

    /// <summary>Runs the layers.</summary>
    /// <param name="states">[B, N, dim], the caller's to dispose.</param>
    /// <param name="context">[B, S, dim].</param>
    /// <param name="hidden">[B, 1, 1, 1 + S] bool, as <see cref="CosineAttention.forward"/> takes it.</param>
    /// <returns>[B, N, dim], normalised.</returns>
    public Tensor forward(Tensor states, Tensor context, Tensor hidden)
    {
        ArgumentNullException.ThrowIfNull(states);
        using DisposeScope scope = NewDisposeScope();
        Tensor current = states;
        foreach (TransformerLayer layer in layers)
        {
            Tensor next = layer.forward(current, context, hidden);
            if (current != states) current.Dispose();
            current = next;
        }

        return scope.MoveToOuter(norm.forward(current));
    }
}
