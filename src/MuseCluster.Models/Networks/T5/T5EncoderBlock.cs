using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.T5;

/// <summary>A block of the encoder: <c>layer.0</c> attends to the whole text, <c>layer.1</c> feeds forward.</summary>
public sealed class T5EncoderBlock : nn.Module
{
    private readonly T5Sublayer<T5Attention> attention;
    private readonly T5Sublayer<T5FeedForward> feedForward;

    /// <summary>Makes a block; its weights are unset, see <see cref="VectorTable"/>.</summary>
    /// <param name="config">The model.</param>
    /// <param name="relativeBias">The stack's bias in the first block, null in the others.</param>
    public T5EncoderBlock(T5Config config, T5RelativeBias? relativeBias)
        : base(nameof(T5EncoderBlock))
    {
        attention = new("SelfAttention", new T5Attention(config, relativeBias), config);
        feedForward = new("DenseReluDense", new T5FeedForward(config), config);
        register_module("layer", new ModuleList<nn.Module>(attention, feedForward));
    }

    /// <summary>The block's attention.</summary>
    public T5Attention Attention => attention.Inner;

    /// <summary>Computes the block.</summary>
    /// <param name="hidden">[B, L, d_model].</param>
    /// <param name="bias">[B * heads, L, L]: relative bias and mask, from <see cref="T5Attention.PrepareBias"/>.</param>
    /// <returns>[B, L, d_model].</returns>
    public Tensor forward(Tensor hidden, Tensor bias)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor attended = attention.forward(hidden, (layer, x) => layer.forward(x, x, bias));
        return scope.MoveToOuter(feedForward.forward(attended, (layer, x) => layer.forward(x)));
    }
}
