using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.T5;

/// <summary>The encoder past its embeddings: <c>block.{i}</c> and <c>final_layer_norm</c>.</summary>
public sealed class T5EncoderStack : nn.Module
{
    private readonly T5RelativeBias relativeBias;
    private readonly ModuleList<T5EncoderBlock> blocks;
    private readonly RmsNorm norm;

    /// <summary>Makes a stack; its weights are unset, see <see cref="VectorTable"/>.</summary>
    /// <param name="config">The model.</param>
    public T5EncoderStack(T5Config config)
        : base(nameof(T5EncoderStack))
    {
        ArgumentNullException.ThrowIfNull(config);
        relativeBias = new T5RelativeBias(config, bidirectional: true);
        blocks = new([.. Enumerable.Range(0, config.NumLayers).Select(i => new T5EncoderBlock(config, i == 0 ? relativeBias : null))]);
        norm = new RmsNorm(config.DModel, config.LayerNormEpsilon, affine: true);
        register_module("block", blocks);
        register_module("final_layer_norm", norm);
    }

    /// <summary>What every attention of the stack adds to its scores, the mask aside.</summary>
    /// <param name="length">Positions, L.</param>
    /// <returns>[1, heads, L, L].</returns>
    public Tensor PositionBias(int length) => relativeBias.forward(length);

    /// <summary>Runs the blocks and the last normalisation.</summary>
    /// <param name="embeddings">[B, L, d_model].</param>
    /// <param name="mask">[B, L], bool or integer: zero hides a position from all others. Null hides none.</param>
    /// <param name="states">Receives the input of each block; null to drop them as soon as they are used.</param>
    /// <returns>[B, L, d_model].</returns>
    public Tensor forward(Tensor embeddings, Tensor? mask, ICollection<Tensor>? states = null)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        using DisposeScope scope = NewDisposeScope();
        long batch = embeddings.size(0), length = embeddings.size(1);
        Tensor? hidden = mask?.eq(0).view(batch, 1, 1, length);
        Tensor bias = blocks[0].Attention.PrepareBias(PositionBias((int)length), hidden, batch, length);
        Tensor state = embeddings;
        foreach (T5EncoderBlock block in blocks)
        {
            Tensor next = block.forward(state, bias);
            if (states is not null) states.Add(state == embeddings ? state : scope.MoveToOuter(state));
            else if (state != embeddings) state.Dispose();
            state = next;
        }

        return scope.MoveToOuter(norm.forward(state));
    }
}
