using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.T5;

/// <summary>
/// What attention adds to its scores for how far apart two positions are: a learned number per head and bucket of
/// distances. Half of the buckets hold one distance each, the rest grow with its logarithm (arXiv 1910.10683, section
/// 2.1; HuggingFace's <c>T5Attention._relative_position_bucket</c>).
/// </summary>
public sealed class T5RelativeBias : nn.Module
{
    private readonly int buckets;
    private readonly int maxDistance;
    private readonly bool bidirectional;

    /// <summary>Makes the bias of a stack; its weights are unset, see <see cref="VectorTable"/>.</summary>
    /// <param name="config">The model.</param>
    /// <param name="bidirectional">True for an encoder: what lies ahead has buckets too. False for a decoder.</param>
    public T5RelativeBias(T5Config config, bool bidirectional)
        : base(nameof(T5RelativeBias))
    {
        ArgumentNullException.ThrowIfNull(config);
        buckets = config.RelativeAttentionNumBuckets;
        maxDistance = config.RelativeAttentionMaxDistance;
        this.bidirectional = bidirectional;
        using Tensor unset = empty([buckets, config.NumHeads]);
        weight = new Parameter(unset);
        register_parameter(nameof(weight), weight);
    }

    /// <summary>[buckets, heads].</summary>
    public Parameter weight { get; }

    /// <summary>The bias of every pair of positions of a text.</summary>
    /// <param name="length">Positions, L.</param>
    /// <returns>[1, heads, L, L]: query, then key; contiguous.</returns>
    public Tensor forward(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        using DisposeScope scope = NewDisposeScope();
        var byDistance = new long[(2 * length) - 1];
        for (int i = 0; i < byDistance.Length; i++)
            byDistance[i] = Bucket(i - (length - 1));
        var pairs = new long[checked(length * length)];
        for (int query = 0; query < length; query++)
            byDistance.AsSpan(length - 1 - query, length).CopyTo(pairs.AsSpan(query * length));
        Tensor bias = nn.functional.embedding(tensor(pairs, [length, length], device: weight.device), weight);
        return scope.MoveToOuter(bias.permute(2, 0, 1).unsqueeze(0).contiguous());
    }

    /// <summary>
    /// The bucket of a relative position. Computed on the host, in the single precision and order of the reference on a
    /// CPU: a GPU's rounding would put some distances into other buckets than those the weights were trained with.
    /// </summary>
    /// <param name="relative">Position of the key minus position of the query.</param>
    /// <returns>The row of <see cref="weight"/>.</returns>
    public long Bucket(int relative)
    {
        int count = bidirectional ? buckets / 2 : buckets;
        int first = bidirectional && relative > 0 ? count : 0;
        int distance = bidirectional ? Math.Abs(relative) : Math.Max(0, -relative);
        int single = count / 2;
        if (distance < single) return first + distance;
        float logarithm = MathF.Log((float)distance / single) / (float)Math.Log((double)maxDistance / single) * (count - single);
        return first + Math.Min(single + (int)logarithm, count - 1);
    }
}
