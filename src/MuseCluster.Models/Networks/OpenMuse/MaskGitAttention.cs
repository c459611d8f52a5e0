using MuseCluster.Models.Networks.Attention;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.OpenMuse;

/// <summary>
/// open-muse's multi-head attention (<c>Attention</c> of <c>muse/modeling_transformer.py</c>): <c>query</c>, <c>key</c>,
/// <c>value</c>, <c>out</c>, and scores divided by the square root of a head's width. Serves as self-attention and as
/// cross-attention.
/// </summary>
public sealed class MaskGitAttention : nn.Module
{
    private readonly Linear query;
    private readonly Linear key;
    private readonly Linear value;
    private readonly Linear @out;
    private readonly long heads;

    /// <summary>Makes an attention.</summary>
    /// <param name="config">The model.</param>
    /// <param name="memoryWidth">The width of what keys and values come from.</param>
    public MaskGitAttention(MaskGitConfig config, long memoryWidth)
        : base(nameof(MaskGitAttention))
    {
        ArgumentNullException.ThrowIfNull(config);
        long width = config.HiddenSize;
        heads = config.NumAttentionHeads;
        query = nn.Linear(width, width, config.UseBias);
        key = nn.Linear(memoryWidth, width, config.UseBias);
        value = nn.Linear(memoryWidth, width, config.UseBias);
        @out = nn.Linear(width, width, config.UseBias);
        register_module("query", query);
        register_module("key", key);
        register_module("value", value);
        register_module("out", @out);
    }

    /// <summary>Attends.</summary>
    /// <param name="states">[B, N, hidden_size].</param>
    /// <param name="memory">[B, S, memory width]; for self-attention, the states.</param>
    /// <param name="hidden">[B, 1, 1, S] bool, true where a key is hidden; null hides none.</param>
    /// <returns>[B, N, hidden_size].</returns>
    public Tensor forward(Tensor states, Tensor memory, Tensor? hidden = null)
    {
        ArgumentNullException.ThrowIfNull(states);
        ArgumentNullException.ThrowIfNull(memory);
        using DisposeScope scope = NewDisposeScope();
        Tensor q = SplitHeads(query.forward(states)), k = SplitHeads(key.forward(memory)), v = SplitHeads(value.forward(memory));
        Tensor scores = q.matmul(k.transpose(-2, -1)).mul(1 / Math.Sqrt(q.size(-1)));
        // Finite, as in the reference: where all keys are hidden, all are attended to alike.
        if (hidden is not null) scores = scores.masked_fill(hidden, Least(scores.dtype));
        Tensor mixed = scores.softmax(-1).matmul(v).transpose(1, 2).flatten(2);
        return scope.MoveToOuter(@out.forward(mixed));
    }

    /// <summary>The keys and values of a memory that stays the same over many passes.</summary>
    /// <param name="memory">[N, S, memory width].</param>
    /// <returns>Each [N x heads, S, head width].</returns>
    internal (Tensor Keys, Tensor Values) Project(Tensor memory) =>
        (RowAttention.SplitHeads(key.forward(memory), (int)heads), RowAttention.SplitHeads(value.forward(memory), (int)heads));

    /// <summary>Attends to such a memory.</summary>
    /// <param name="rows">[Pictures, Rows, hidden_size].</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="conditioning">The keys and values of all attentions.</param>
    /// <param name="index">Which are this one's.</param>
    /// <returns>[Pictures, Rows, hidden_size].</returns>
    internal Tensor Cross(Tensor rows, RowLayout layout, Conditioning conditioning, int index) => @out.forward(
        RowAttention.Cross(query.forward(rows), layout, conditioning.Keys[index], conditioning.Values[index], conditioning.Bias, (int)heads));

    /// <summary>Attends within each group of a pass.</summary>
    /// <param name="rows">[Pictures, Rows, hidden_size].</param>
    /// <param name="layout">How they lie.</param>
    /// <returns>[Pictures, Rows, hidden_size].</returns>
    internal Tensor Self(Tensor rows, RowLayout layout) => @out.forward(RowAttention.Self(
        cat([query.forward(rows), key.forward(rows), value.forward(rows)], -1), layout, (int)heads));

    private static double Least(ScalarType type) => type switch
    {
        float16 => -65504,
        bfloat16 => -3.3895313892515355e38,
        _ => -float.MaxValue,
    };

    private Tensor SplitHeads(Tensor x) => x.unflatten(-1, heads, x.size(-1) / heads).transpose(1, 2);
}
