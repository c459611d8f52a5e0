using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.T5;

/// <summary>
/// T5's multi-head attention: <c>q</c>, <c>k</c>, <c>v</c>, <c>o</c> without biases, and scores that are not divided by the
/// square root of the width, which the initial weights make up for (HuggingFace's <c>T5Attention</c>). Serves as
/// self-attention and as cross-attention.
/// </summary>
public sealed class T5Attention : nn.Module
{
    // The least bfloat16, in range of float32 too. What is added to it is lost in its rounding, so hidden scores tie.
    private const double Hidden = -3.3895313892515355e38;

    private readonly Projection q;
    private readonly Projection k;
    private readonly Projection v;
    private readonly Projection o;
    private readonly long heads;
    private readonly long width;

    /// <summary>Makes an attention; its weights are unset, see <see cref="VectorTable"/>.</summary>
    /// <param name="config">The model.</param>
    /// <param name="relativeBias">The stack's bias, which the checkpoint keeps under its first attention; null elsewhere.</param>
    public T5Attention(T5Config config, T5RelativeBias? relativeBias = null)
        : base(nameof(T5Attention))
    {
        ArgumentNullException.ThrowIfNull(config);
        heads = config.NumHeads;
        width = config.DKv;
        q = new Projection(config.DModel, heads * width, hasBias: false);
        k = new Projection(config.DModel, heads * width, hasBias: false);
        v = new Projection(config.DModel, heads * width, hasBias: false);
        o = new Projection(heads * width, config.DModel, hasBias: false);
        RelativeBias = relativeBias;
        register_module(nameof(q), q);
        register_module(nameof(k), k);
        register_module(nameof(v), v);
        register_module(nameof(o), o);
        if (relativeBias is not null) register_module("relative_attention_bias", relativeBias);
    }

    /// <summary>The bias of the whole stack, in its first attention; null elsewhere.</summary>
    public T5RelativeBias? RelativeBias { get; }

    /// <summary>Attends.</summary>
    /// <param name="queries">[B, Q, d_model].</param>
    /// <param name="memory">[B, K, d_model]: what keys and values come from; for self-attention, the queries.</param>
    /// <param name="bias">[B * heads, Q, K], or broadcast to it: added to the scores. Null for none.</param>
    /// <returns>[B, Q, d_model].</returns>
    public Tensor forward(Tensor queries, Tensor memory, Tensor? bias)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(memory);
        using DisposeScope scope = NewDisposeScope();
        long batch = queries.size(0), length = queries.size(1);
        Tensor query = SplitHeads(q.forward(queries));
        Tensor key = SplitHeads(k.forward(memory)).transpose(1, 2);
        Tensor scores = bias is null ? query.bmm(key) : bias.baddbmm(query, key);
        Tensor mixed = scores.softmax(-1).bmm(SplitHeads(v.forward(memory)));
        Tensor joined = mixed.view(batch, heads, length, width).transpose(1, 2).reshape(batch, length, heads * width);
        return scope.MoveToOuter(o.forward(joined));
    }

    /// <summary>
    /// Prepares a bias for <see cref="forward"/>: hides the keys that a mask leaves out behind a large negative number.
    /// It is finite, so that a query all of whose keys are hidden attends to all of them alike instead of giving NaN.
    /// </summary>
    /// <param name="bias">[1 or B, heads or 1, Q or 1, K].</param>
    /// <param name="hidden">Bool, true where a key is hidden, broadcast against the bias; null for nothing hidden.</param>
    /// <param name="batch">B.</param>
    /// <param name="queries">Q.</param>
    /// <returns>[B * heads, Q, K].</returns>
    public Tensor PrepareBias(Tensor bias, Tensor? hidden, long batch, long queries)
    {
        ArgumentNullException.ThrowIfNull(bias);
        using DisposeScope scope = NewDisposeScope();
        Tensor masked = hidden is null ? bias : bias.masked_fill(hidden, Hidden);
        long keys = bias.size(-1);
        return scope.MoveToOuter(masked.expand(batch, heads, queries, keys).reshape(batch * heads, queries, keys));
    }

    private Tensor SplitHeads(Tensor x)
    {
        long batch = x.size(0), length = x.size(1);
        return x.view(batch, length, heads, width).transpose(1, 2).reshape(batch * heads, length, width);
    }
}
