using MuseCluster.Models.Networks.Layers;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Text;

/// <summary>
/// T5's decoder, which only pre-training needs: target ids and an encoder's result to logits of the next target. Its
/// parameters have the names of HuggingFace's <c>T5ForConditionalGeneration</c>: <c>decoder.*</c> and, where the
/// embeddings are not tied, <c>lm_head.weight</c>.
/// </summary>
public sealed class T5Decoder : nn.Module
{
    private readonly VectorTable shared;
    private readonly T5DecoderStack stack;
    private readonly Projection? head;
    private readonly double tiedScale;

    /// <summary>Makes a decoder with new weights, drawn by libtorch's generator; see <see cref="T5Initialization"/>.</summary>
    /// <param name="config">The model.</param>
    /// <param name="shared">The encoder's embedding table. It stays the encoder's: neither drawn nor disposed here.</param>
    /// <exception cref="ArgumentException">The config is not valid; names the fields.</exception>
    public T5Decoder(T5Config config, VectorTable shared)
        : base(nameof(T5Decoder))
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(shared);
        config.Validate();
        this.shared = shared;
        stack = new T5DecoderStack(config);
        head = config.TieWordEmbeddings ? null : new Projection(config.DModel, config.VocabSize, hasBias: false);
        // Rows of the table have deviation 1; as weights of a projection they need that of the fan-in.
        tiedScale = 1 / Math.Sqrt(config.DModel);
        register_module("decoder", stack);
        if (head is not null) register_module("lm_head", head);
        T5Initialization.Draw(this, config);
    }

    /// <summary>Predicts each next token from those up to it.</summary>
    /// <param name="ids">[B, T] int64: the targets, shifted right behind the start token.</param>
    /// <param name="encoded">[B, S, d_model]: the encoder's result.</param>
    /// <param name="encodedMask">[B, S], bool or integer: zero at the encoder's padding. Null if nothing is padding.</param>
    /// <returns>[B, T, vocab_size]; row t depends on ids up to t alone.</returns>
    public Tensor forward(Tensor ids, Tensor encoded, Tensor? encodedMask = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = stack.forward(shared.forward(ids), encoded, encodedMask);
        return scope.MoveToOuter(head is null ? nn.functional.linear(hidden.mul(tiedScale), shared.weight) : head.forward(hidden));
    }
}
