using MuseCluster.Models.Networks.Attention;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.MuseMaskGitPytorch;

/// <summary>
/// Attention by the cosine of queries and keys, times learned scales and times 8 (<c>Attention</c> of
/// <c>muse_maskgit_pytorch.py</c>). Before all keys and values stands a learned one, which no mask hides. Serves as
/// self-attention and as cross-attention.
/// </summary>
public sealed class CosineAttention : nn.Module
{
    private const double Scale = 8;
    private const double NormFloor = 1e-12; // that of torch.nn.functional.normalize

    private readonly GammaNorm norm;
    private readonly Parameter null_kv;
    private readonly Linear to_q;
    private readonly Linear to_kv;
    private readonly Parameter q_scale;
    private readonly Parameter k_scale;
    private readonly Linear to_out;
    private readonly long heads;

    /// <summary>Makes an attention.</summary>
    /// <param name="config">The model.</param>
    public CosineAttention(TransformerConfig config)
        : base(nameof(CosineAttention))
    {
        ArgumentNullException.ThrowIfNull(config);
        heads = config.Heads;
        long inner = (long)config.Heads * config.DimHead;
        norm = new GammaNorm(config.Dim);
        using Tensor drawn = randn([2, heads, 1, config.DimHead]);
        using Tensor one = ones(config.DimHead);
        null_kv = new Parameter(drawn);
        to_q = nn.Linear(config.Dim, inner, hasBias: false);
        to_kv = nn.Linear(config.Dim, inner * 2, hasBias: false);
        q_scale = new Parameter(one);
        k_scale = new Parameter(one);
        to_out = nn.Linear(inner, config.Dim, hasBias: false);
        RegisterComponents();
    }

    /// <summary>Attends.</summary>
    /// <param name="states">[B, N, dim].</param>
    /// <param name="context">[B, S, dim], not normalised; null for self-attention.</param>
    /// <param name="hidden">[B, 1, 1, 1 + S] bool, true where a key is hidden, the learned one first; null hides none.</param>
    /// <returns>[B, N, dim]; the residual is the caller's to add.</returns>
    public Tensor forward(Tensor states, Tensor? context = null, Tensor? hidden = null)
    {
        ArgumentNullException.ThrowIfNull(states);
        using DisposeScope scope = NewDisposeScope();
        Tensor input = norm.forward(states);
        Tensor[] keysAndValues = to_kv.forward(context ?? input).chunk(2, -1);
        Tensor query = Normalise(SplitHeads(to_q.forward(input))).mul(q_scale);
        Tensor key = Keys(keysAndValues[0]);
        Tensor scores = query.matmul(key.transpose(-2, -1)).mul(Scale);
        // The learned key is never hidden, so no query is left without keys.
        if (hidden is not null) scores = scores.masked_fill(hidden, double.NegativeInfinity);
        Tensor mixed = scores.softmax(-1).matmul(Values(keysAndValues[1]));
        return scope.MoveToOuter(to_out.forward(mixed.transpose(1, 2).flatten(2)));
    }

    /// <summary>The keys and values of a context that stays the same over many passes, the learned ones first.</summary>
    /// <param name="context">[N, S, dim], not normalised.</param>
    /// <returns>Each [N x heads, 1 + S, head width].</returns>
    internal (Tensor Keys, Tensor Values) Project(Tensor context)
    {
        Tensor[] projected = to_kv.forward(context).chunk(2, -1);
        return (Keys(projected[0]).flatten(0, 1), Values(projected[1]).flatten(0, 1));
    }

    /// <summary>Attends to such a context.</summary>
    /// <param name="rows">[Pictures, Rows, dim].</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="conditioning">The keys and values of all attentions.</param>
    /// <param name="index">Which are this one's.</param>
    /// <returns>[Pictures, Rows, dim].</returns>
    internal Tensor Cross(Tensor rows, RowLayout layout, Conditioning conditioning, int index) =>
        Attend(to_q.forward(norm.forward(rows)), layout, conditioning.Keys[index], conditioning.Values[index], conditioning.Bias);

    /// <summary>Attends within each group of a pass, and to the learned key.</summary>
    /// <param name="rows">[Pictures, Rows, dim].</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="shown">[Sequences, 1, 1, 1 + Positions] zeros: no key is hidden.</param>
    /// <returns>[Pictures, Rows, dim].</returns>
    internal Tensor Self(Tensor rows, RowLayout layout, Tensor shown)
    {
        Tensor input = norm.forward(rows);
        Tensor projected = layout.ByGroup(to_kv.forward(input)).reshape(layout.Sequences, layout.Positions, -1);
        Tensor[] each = projected.chunk(2, -1);
        return Attend(to_q.forward(input), layout, Keys(each[0]).flatten(0, 1), Values(each[1]).flatten(0, 1), shown);
    }

    // RowAttention divides scores by the square root of a head's width, so that queries are multiplied by it.
    private Tensor Attend(Tensor projected, RowLayout layout, Tensor keys, Tensor values, Tensor bias)
    {
        Tensor each = projected.unflatten(-1, heads, projected.size(-1) / heads);
        Tensor queries = Normalise(each).mul(q_scale.mul(Scale * Math.Sqrt(each.size(-1)))).flatten(-2);
        return to_out.forward(RowAttention.Cross(queries, layout, keys.contiguous(), values.contiguous(), bias, (int)heads));
    }

    private Tensor Keys(Tensor projected) => Normalise(WithLearned(0, SplitHeads(projected))).mul(k_scale);

    private Tensor Values(Tensor projected) => WithLearned(1, SplitHeads(projected));

    private static Tensor Normalise(Tensor x) => x.div(x.norm(-1, keepdim: true).clamp(min: NormFloor));

    private Tensor WithLearned(long which, Tensor x) =>
        cat([null_kv.select(0, which).unsqueeze(0).expand(x.size(0), -1, -1, -1), x], -2);

    private Tensor SplitHeads(Tensor x) => x.unflatten(-1, heads, x.size(-1) / heads).transpose(1, 2);
}
