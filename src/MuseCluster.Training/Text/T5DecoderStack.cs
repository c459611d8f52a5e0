using MuseCluster.Models.Networks.Layers;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Text;

/// <summary>The decoder between its embeddings and its logits: <c>block.{i}</c> and <c>final_layer_norm</c>.</summary>
public sealed class T5DecoderStack : nn.Module
{
    private readonly T5RelativeBias relativeBias;
    private readonly ModuleList<T5DecoderBlock> blocks;
    private readonly RmsNorm norm;

    /// <summary>Makes a stack; its weights are unset, see <see cref="VectorTable"/>.</summary>
    /// <param name="config">The model.</param>
    public T5DecoderStack(T5Config config)
        : base(nameof(T5DecoderStack))
    {
        ArgumentNullException.ThrowIfNull(config);
        relativeBias = new T5RelativeBias(config, bidirectional: false);
        int count = config.NumDecoderLayers ?? config.NumLayers;
        blocks = new([.. Enumerable.Range(0, count).Select(i => new T5DecoderBlock(config, i == 0 ? relativeBias : null))]);
        norm = new RmsNorm(config.DModel, config.LayerNormEpsilon, affine: true);
        register_module("block", blocks);
        register_module("final_layer_norm", norm);
    }

    /// <summary>Runs the blocks and the last normalisation.</summary>
    /// <param name="embeddings">[B, T, d_model].</param>
    /// <param name="encoded">[B, S, d_model].</param>
    /// <param name="encodedMask">[B, S], bool or integer: zero hides a position. Null hides none.</param>
    /// <returns>[B, T, d_model].</returns>
    public Tensor forward(Tensor embeddings, Tensor encoded, Tensor? encodedMask)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(encoded);
        using DisposeScope scope = NewDisposeScope();
        long batch = embeddings.size(0), length = embeddings.size(1), source = encoded.size(1);
        T5Attention first = blocks[0].SelfAttention;

        // Padding at the end of targets needs no mask: nothing before it looks there, and no loss is taken from it.
        Tensor ahead = ones([length, length], device: embeddings.device).triu(1).ne(0);
        Tensor bias = first.PrepareBias(relativeBias.forward((int)length), ahead, batch, length);
        Tensor? encodedBias = encodedMask is null
            ? null
            : first.PrepareBias(zeros([1, 1, 1, source], bias.dtype, bias.device), encodedMask.eq(0).view(batch, 1, 1, source), batch, length);

        Tensor state = embeddings;
        foreach (T5DecoderBlock block in blocks)
            state = block.forward(state, bias, encoded, encodedBias);
        return scope.MoveToOuter(norm.forward(state));
    }
}
