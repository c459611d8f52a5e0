using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.T5;

/// <summary>
/// The text encoder of Muse (arXiv 2301.00704, section 2.1) and of T5 (arXiv 1910.10683): token ids to a vector each. Its
/// parameters have the names of HuggingFace's <c>T5EncoderModel</c>.
/// </summary>
/// <remarks>
/// A text's result does not depend on what it is batched with, up to rounding; for equal bits, pad every text to one L that
/// is a multiple of the machine's row alignment, which is found by experiment (with OpenBLAS on one AVX-512 machine, 48 and
/// 96 held, 64 and 72 did not). T5's hidden states leave the range of float16: use float32 or bfloat16 weights. Nothing is
/// dropped out, as in the pre-training of T5 1.1.
/// </remarks>
public sealed class T5Encoder : nn.Module
{
    private readonly T5EncoderStack stack;

    /// <summary>Makes an encoder with new weights, drawn by libtorch's generator; see <see cref="T5Initialization"/>.</summary>
    /// <param name="config">The model.</param>
    /// <exception cref="ArgumentException">The config is not valid; names the fields.</exception>
    public T5Encoder(T5Config config)
        : this(config, draw: true)
    {
    }

    internal T5Encoder(T5Config config, bool draw)
        : base(nameof(T5Encoder))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        Config = config;
        Shared = new VectorTable(config.VocabSize, config.DModel);
        stack = new T5EncoderStack(config);
        register_module("shared", Shared);
        register_module("encoder", stack);
        if (draw) T5Initialization.Draw(this, config);
    }

    /// <summary>The model.</summary>
    public T5Config Config { get; }

    /// <summary>The embedding table, which a decoder shares.</summary>
    public VectorTable Shared { get; }

    /// <summary>Encodes texts.</summary>
    /// <param name="ids">[B, L] int64 on the weights' device, each in [0, vocab_size).</param>
    /// <param name="mask">[B, L], bool or integer: zero at padding. Null if nothing is padding.</param>
    /// <returns><c>last_hidden_state</c>: [B, L, d_model] float32. Rows at padding mean nothing.</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public Tensor forward(Tensor ids, Tensor? mask = null)
    {
        CheckShapes(ids, mask);
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(stack.forward(Shared.forward(ids), mask).to(float32));
    }

    /// <summary>Encodes texts and keeps what lies between the blocks.</summary>
    /// <param name="ids">As in <see cref="forward"/>.</param>
    /// <param name="mask">As in <see cref="forward"/>.</param>
    /// <returns>
    /// num_layers + 1 tensors [B, L, d_model] in the weights' type: the input of each block, then the result of
    /// <see cref="forward"/>. HuggingFace's <c>hidden_states</c>.
    /// </returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public IReadOnlyList<Tensor> HiddenStates(Tensor ids, Tensor? mask = null)
    {
        CheckShapes(ids, mask);
        using DisposeScope scope = NewDisposeScope();
        var states = new List<Tensor>();
        states.Add(stack.forward(Shared.forward(ids), mask, states).to(float32));
        foreach (Tensor state in states) scope.MoveToOuter(state);
        return states;
    }

    /// <summary>What attention adds to its scores for relative positions. HuggingFace's <c>position_bias</c>.</summary>
    /// <param name="length">Positions, L.</param>
    /// <returns>[1, heads, L, L]: query, then key.</returns>
    public Tensor PositionBias(int length) => stack.PositionBias(length);

    private static void CheckShapes(Tensor ids, Tensor? mask)
    {
        ArgumentNullException.ThrowIfNull(ids);
        long[] shape = ids.shape;
        if (shape.Length != 2 || shape[1] == 0)
            throw new ArgumentException($"ids has shape [{string.Join(", ", shape)}]; expected [B, L] with L at least 1", nameof(ids));
        if (mask is not null && !mask.shape.AsSpan().SequenceEqual(shape))
            throw new ArgumentException($"mask has shape [{string.Join(", ", mask.shape)}]; expected that of ids, [{string.Join(", ", shape)}]", nameof(mask));
    }
}
