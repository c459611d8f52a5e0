using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Attention;

/// <summary>
/// softmax(q k^T / sqrt(d) + bias) v on the processor, without gradients: from the rows that the projections left to the
/// rows that the output projection takes, a few queries at a time, so that scores never leave the cache. libtorch runs a
/// list of small products one after the other on one thread; here the heads are shared out among the threads. A row's bits
/// depend on its own sequence alone.
/// </summary>
internal static unsafe class HostAttention
{
    private const int QueriesAtOnce = 8;
    private const float Least = -87f, Log2E = 1.44269504f, Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    [ThreadStatic]
    private static float[]? _scratch;

    /// <summary>Whether attention over a tensor can be computed here.</summary>
    /// <param name="x">What the projections gave.</param>
    /// <param name="headDim">Dimensions of a head.</param>
    internal static bool Serves(Tensor x, int headDim) =>
        Vector256.IsHardwareAccelerated && headDim % 32 == 0 && !is_grad_enabled() && x.device.type == DeviceType.CPU && x.dtype == ScalarType.Float32 && x.is_contiguous();

    /// <summary>Self-attention.</summary>
    /// <param name="projected">[Pictures, Rows, 3 x dim]: queries, keys and values beside each other.</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="heads">Heads.</param>
    /// <returns>[Pictures, Rows, dim], zero in padding rows.</returns>
    internal static Tensor Self(Tensor projected, RowLayout layout, int heads)
    {
        var dim = (int)projected.size(2) / 3;
        fixed (float* rows = projected.data<float>())
            return Run(new Job(rows, 3 * dim, rows + dim, rows + (2 * dim), null, layout, heads, dim, layout.Positions, (0, dim / heads, 3 * dim)));
    }

    /// <summary>Self-attention of queries, keys and values that lie apart.</summary>
    /// <param name="queries">[Pictures, Rows, dim], contiguous, as are the others.</param>
    /// <param name="keys">[Pictures, Rows, dim].</param>
    /// <param name="values">[Pictures, Rows, dim].</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="heads">Heads.</param>
    /// <returns>[Pictures, Rows, dim], zero in padding rows.</returns>
    internal static Tensor Self(Tensor queries, Tensor keys, Tensor values, RowLayout layout, int heads)
    {
        var dim = (int)queries.size(2);
        fixed (float* q = queries.data<float>(), k = keys.data<float>(), v = values.data<float>())
            return Run(new Job(q, dim, k, v, null, layout, heads, dim, layout.Positions, (0, dim / heads, dim)));
    }

    /// <summary>Cross-attention.</summary>
    /// <param name="queries">[Pictures, Rows, dim].</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="keys">[Sequences x heads, S, head dim], contiguous.</param>
    /// <param name="values">[Sequences x heads, S, head dim], contiguous.</param>
    /// <param name="bias">[Sequences, 1, 1, S].</param>
    /// <param name="heads">Heads.</param>
    /// <returns>[Pictures, Rows, dim], zero in padding rows.</returns>
    internal static Tensor Cross(Tensor queries, RowLayout layout, Tensor keys, Tensor values, Tensor bias, int heads)
    {
        var dim = (int)queries.size(2);
        fixed (float* q = queries.data<float>(), k = keys.data<float>(), v = values.data<float>(), b = bias.data<float>())
            return Run(new Job(q, dim, k, v, b, layout, heads, dim, (int)keys.size(1), ((nint)keys.size(1) * dim, (nint)keys.size(1) * (dim / heads), dim / heads)));
    }

    private static Tensor Run(Job job)
    {
        var layout = job.Layout;
        var result = empty(layout.Pictures, layout.Rows, job.Dim);
        fixed (float* output = result.data<float>())
        {
            for (var picture = 0; picture < layout.Pictures; picture++)
                new Span<float>(output + ((((nint)picture * layout.Rows) + layout.Used) * job.Dim), (layout.Rows - layout.Used) * job.Dim).Clear();
            var to = (nint)output;
            var (threads, items) = (get_num_threads(), layout.Sequences * job.Heads);
            if (threads == 1)
                Share(job, to, 0, items);
            else
                Parallel.For(0, threads, t => Share(job, to, (int)((long)items * t / threads), (int)((long)items * (t + 1) / threads)));
        }
        return result;
    }

    private static void Share(Job job, nint output, int first, int last)
    {
        if (Vector512.IsHardwareAccelerated)
            Share<Lanes512>(job, (float*)output, first, last);
        else
            Share<Lanes256>(job, (float*)output, first, last);
    }

    private static void Share<TLanes>(Job job, float* output, int first, int last)
        where TLanes : struct, ILanes<TLanes>
    {
        var columns = 2 * TLanes.Count;
        var width = (job.Keys + columns - 1) / columns * columns;
        var size = (job.HeadDim + QueriesAtOnce + 1) * width;
        if (_scratch is null || _scratch.Length < size)
            _scratch = GC.AllocateUninitializedArray<float>(size, pinned: true);
        fixed (float* scratch = _scratch)
            for (var item = first; item < last; item++)
                Head<TLanes>(in job, output, item / job.Heads, item % job.Heads, scratch, width);
    }

    /// <summary>Transposes a head's keys into panels that products read from one end to the other.</summary>
    /// <param name="keys">Keys, [count, dim].</param>
    /// <param name="row">Floats from one key to the next.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="dim">Dimensions of each.</param>
    /// <param name="panels">[width / columns, dim, columns], zero beyond the last key.</param>
    /// <param name="columns">Floats in two registers.</param>
    private static void Transpose(float* keys, nint row, int count, int dim, float* panels, int columns)
    {
        if (count % columns != 0)
            new Span<float>(panels + (count / columns * dim * columns), dim * columns).Clear();
        for (var key = 0; key < count; key++)
        {
            var from = keys + (key * row);
            var to = panels + (key / columns * dim * columns) + (key % columns);
            for (var i = 0; i < dim; i++)
                to[i * columns] = from[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    private static void Head<TLanes>(in Job job, float* output, int sequence, int head, float* scratch, int width)
        where TLanes : struct, ILanes<TLanes>
    {
        var (layout, dim, keyCount, columns) = (job.Layout, job.HeadDim, job.Keys, 2 * TLanes.Count);
        var scores = scratch + (dim * width);
        var hidden = scores + (QueriesAtOnce * width);
        var (keyAt, valueAt, keyRow) = job.At(sequence, head);
        var values = (float*)valueAt;
        Transpose((float*)keyAt, keyRow, keyCount, dim, scratch, columns);

        var row = ((nint)(sequence / layout.Groups) * layout.Rows) + ((nint)(sequence % layout.Groups) * layout.Positions);
        var query = job.Query + (row * job.QueryRow) + (head * dim);
        var to = output + (row * job.Dim) + (head * dim);
        var bias = new Span<float>(hidden, width);
        bias.Clear();
        if (job.Bias != null)
            new ReadOnlySpan<float>(job.Bias + ((nint)sequence * keyCount), keyCount).CopyTo(bias);
        bias[keyCount..].Fill(float.NegativeInfinity);
        var scale = TLanes.Fill(1 / MathF.Sqrt(dim));
        var shares = stackalloc float[QueriesAtOnce];
        for (var done = 0; done < layout.Positions; done += QueriesAtOnce)
        {
            var count = Math.Min(QueriesAtOnce, layout.Positions - done);
            for (var column = 0; column < width; column += columns)
                SmallProduct.Multiply<TLanes>(count, dim, query + (done * (nint)job.QueryRow), job.QueryRow, scratch + (dim * column), columns, scores + column, width);
            var first = to + (done * (nint)job.Dim);
            for (var q = 0; q < count; q++)
                shares[q] = Weigh(scores + (q * width), scale, hidden, width);
            for (var column = 0; column < dim; column += columns)
                SmallProduct.Multiply<TLanes>(count, keyCount, scores, width, values + column, keyRow, first + column, job.Dim);
            for (var q = 0; q < count; q++)
                for (var i = 0; i < dim; i += TLanes.Count)
                    TLanes.Load(first + (q * (nint)job.Dim) + i).Multiply(TLanes.Fill(shares[q])).Store(first + (q * (nint)job.Dim) + i);
        }
    }

    /// <summary>Products to weights that are not yet divided by their sum; minus infinity is the bias of what is no key.</summary>
    /// <returns>1 over the sum.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    private static float Weigh<TLanes>(float* scores, TLanes scale, float* bias, int width)
        where TLanes : struct, ILanes<TLanes>
    {
        var most = TLanes.Fill(float.NegativeInfinity);
        for (var i = 0; i < width; i += TLanes.Count)
        {
            var score = TLanes.Load(scores + i).MultiplyAdd(scale, TLanes.Load(bias + i));
            score.Store(scores + i);
            most = most.Max(score);
        }
        var shift = TLanes.Fill(-most.Largest());
        TLanes sum = default;
        for (var i = 0; i < width; i += TLanes.Count)
        {
            var weight = Exp(TLanes.Load(scores + i).Add(shift));
            weight.Store(scores + i);
            sum = sum.Add(weight);
        }
        return 1 / sum.Sum();
    }

    /// <summary>e^x for x at most 0, 0 below -87 (Cephes' expf: a polynomial around the nearest power of two).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Exp<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        var least = TLanes.Fill(Least);
        var bounded = x.Max(least);
        var power = bounded.Multiply(TLanes.Fill(Log2E)).Round();
        var r = power.MultiplyAdd(TLanes.Fill(-Ln2Low), power.MultiplyAdd(TLanes.Fill(-Ln2High), bounded));
        var p = TLanes.Fill(1.9875691500e-4f);
        p = p.MultiplyAdd(r, TLanes.Fill(1.3981999507e-3f));
        p = p.MultiplyAdd(r, TLanes.Fill(8.3334519073e-3f));
        p = p.MultiplyAdd(r, TLanes.Fill(4.1665795894e-2f));
        p = p.MultiplyAdd(r, TLanes.Fill(1.6666665459e-1f));
        p = p.MultiplyAdd(r, TLanes.Fill(5.0000001201e-1f));
        p = p.MultiplyAdd(r.Multiply(r), r.Add(TLanes.Fill(1)));
        return p.Multiply(power.TwoToThis()).ZeroWhereBelow(x, least);
    }

    /// <summary>Where the operands lie. Keys and values of a sequence lie as its queries where their stride per sequence is 0.</summary>
    private readonly struct Job(
        float* query, int queryRow, float* key, float* value, float* bias, RowLayout layout, int heads, int dim, int keys, (nint Sequence, nint Head, int Row) stride)
    {
        public RowLayout Layout => layout;

        public int Heads => heads;

        public int Dim => dim;

        public int HeadDim => dim / heads;

        public int Keys => keys;

        public float* Query => query;

        public int QueryRow => queryRow;

        public float* Bias => bias;

        /// <summary>A head's keys and values, and the floats from one key to the next.</summary>
        public (nint Keys, nint Values, int Row) At(int sequence, int head)
        {
            var row = ((nint)(sequence / layout.Groups) * layout.Rows) + ((nint)(sequence % layout.Groups) * layout.Positions);
            var at = (stride.Sequence == 0 ? row * stride.Row : sequence * stride.Sequence) + (head * stride.Head);
            return ((nint)(key + at), (nint)(value + at), stride.Row);
        }
    }
}
