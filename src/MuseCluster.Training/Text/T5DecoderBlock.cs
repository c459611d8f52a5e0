using MuseCluster.Models.Networks.Layers;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Text;

/// <summary>
/// A block of the decoder: <c>layer.0</c> attends to the targets so far, <c>layer.1</c> to the encoder's result,
/// <c>layer.2</c> feeds forward.
/// </summary>
public sealed class T5DecoderBlock : nn.Module
{
    private readonly T5Sublayer<T5Attention> self;
    private readonly T5Sublayer<T5Attention> cross;
    private readonly T5Sublayer<T5FeedForward> feedForward;

    /// <summary>Makes a block; its weights are unset, see <see cref="VectorTable"/>.</summary>
    /// <param name="config">The model.</param>
    /// <param name="relativeBias">The stack's bias in the first block, null in the others.</param>
    public T5DecoderBlock(T5Config config, T5RelativeBias? relativeBias)
        : base(nameof(T5DecoderBlock))
    {
        self = new("SelfAttention", new T5Attention(config, relativeBias), config);
        cross = new("EncDecAttention", new T5Attention(config), config);
        feedForward = new("DenseReluDense", new T5FeedForward(config), config);
        register_module("layer", new ModuleList<nn.Module>(self, cross, feedForward));
    }

    /// <summary>The block's self-attention.</summary>
    public T5Attention SelfAttention => self.Inner;

    /// <summary>Computes the block.</summary>
    /// <param name="hidden">[B, T, d_model].</param>
    /// <param name="bias">[B * heads, T, T]: relative bias and causal mask.</param>
    /// <param name="encoded">[B, S, d_model]: the encoder's result.</param>
    /// <param name="encodedBias">[B * heads, T, S]: hides padding of the encoder's result; null if there is none.</param>
    /// <returns>[B, T, d_model].</returns>
    public Tensor forward(Tensor hidden, Tensor bias, Tensor encoded, Tensor? encodedBias)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor state = self.forward(hidden, (layer, x) => layer.forward(x, x, bias));
        state = cross.forward(state, (layer, x) => layer.forward(x, encoded, encodedBias));
        return scope.MoveToOuter(feedForward.forward(state, (layer, x) => layer.forward(x)));
    }
}
