using MuseCluster.Models.Networks.T5;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Text;

/// <summary>
/// Encoder and decoder under pre-training. Its parameters together have the names of HuggingFace's
/// <c>T5ForConditionalGeneration</c>; those of <see cref="Encoder"/> alone are what a text stage loads.
/// </summary>
public sealed class SpanCorruptionModel : nn.Module<SpanCorruptionBatch, Tensor>
{
    private readonly double labelSmoothing;

    /// <summary>Makes a model with new weights, drawn by libtorch's generator.</summary>
    /// <param name="config">The model.</param>
    /// <param name="labelSmoothing">The probability that the loss spreads over all tokens (arXiv 1512.00567, section 7).</param>
    /// <exception cref="ArgumentException">The config is not valid; names the fields.</exception>
    public SpanCorruptionModel(T5Config config, double labelSmoothing = 0)
        : base(nameof(SpanCorruptionModel))
    {
        ArgumentOutOfRangeException.ThrowIfNegative(labelSmoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(labelSmoothing, 1);
        this.labelSmoothing = labelSmoothing;
        Encoder = new T5Encoder(config);
        Decoder = new T5Decoder(config, Encoder.Shared);
        // Their parts are registered rather than they themselves, for HuggingFace's names.
        foreach (var (name, module) in Encoder.named_children().Concat(Decoder.named_children()))
            register_module(name, module);
    }

    /// <summary>The encoder. Disposed with the model.</summary>
    public T5Encoder Encoder { get; }

    /// <summary>The decoder. Disposed with the model.</summary>
    public T5Decoder Decoder { get; }

    /// <summary>The loss of a batch.</summary>
    /// <param name="input">The batch.</param>
    /// <returns>A scalar: the mean cross-entropy of the targets in nats, over every token of the batch that is not padding.</returns>
    public override Tensor forward(SpanCorruptionBatch input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        Tensor encoded = Encoder.forward(input.InputIds, input.InputMask);
        Tensor logits = Decoder.forward(input.DecoderIds, encoded, input.InputMask);
        return scope.MoveToOuter(nn.functional.cross_entropy(
            logits.flatten(0, 1), input.Labels.flatten(), ignore_index: SpanCorruptionBatch.Ignored, label_smoothing: labelSmoothing));
    }
}
