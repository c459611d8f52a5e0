using System.Runtime.CompilerServices;

namespace MuseCluster.Models.Networks.Attention;

/// <summary>
/// Small matrix products on the processor. BLAS is made for large ones: on heads of 32 dimensions most of its time is
/// spent around the product. Written out by hand because the accumulators have to stay in registers.
/// </summary>
internal static unsafe class SmallProduct
{
    /// <summary>c = a b for columns that fill two registers.</summary>
    /// <typeparam name="TLanes">The registers.</typeparam>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="inner">Columns of a, rows of b.</param>
    /// <param name="a">[rows, inner].</param>
    /// <param name="aRow">Floats from one row of a to the next.</param>
    /// <param name="b">[inner, 2 registers].</param>
    /// <param name="bRow">Floats from one row of b to the next.</param>
    /// <param name="c">[rows, 2 registers].</param>
    /// <param name="cRow">Floats from one row of c to the next.</param>
    internal static void Multiply<TLanes>(int rows, int inner, float* a, nint aRow, float* b, nint bRow, float* c, nint cRow)
        where TLanes : struct, ILanes<TLanes>
    {
        // Sixteen accumulators need the 32 registers that come with 512 bits.
        for (; rows >= 8 && TLanes.Count == 16; rows -= 8, a += 8 * aRow, c += 8 * cRow)
            Product8<TLanes>(a, aRow, b, bRow, c, cRow, inner);
        for (; rows >= 4; rows -= 4, a += 4 * aRow, c += 4 * cRow)
            Product4<TLanes>(a, aRow, b, bRow, c, cRow, inner);
        for (; rows > 0; rows--, a += aRow, c += cRow)
            Product1<TLanes>(a, b, bRow, c, inner);
    }

    /// <summary>8 rows by two registers of columns: each element is summed over k in order, whatever the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product8<TLanes>(float* a, nint aRow, float* b, nint bRow, float* c, nint cRow, int inner)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes c0 = default, d0 = default;
        TLanes c1 = default, d1 = default;
        TLanes c2 = default, d2 = default;
        TLanes c3 = default, d3 = default;
        TLanes c4 = default, d4 = default;
        TLanes c5 = default, d5 = default;
        TLanes c6 = default, d6 = default;
        TLanes c7 = default, d7 = default;
        for (var k = 0; k < inner; k++, b += bRow)
        {
            var (left, right) = (TLanes.Load(b), TLanes.Load(b + TLanes.Count));
            var x0 = TLanes.Fill(a[k]);
            (c0, d0) = (x0.MultiplyAdd(left, c0), x0.MultiplyAdd(right, d0));
            var x1 = TLanes.Fill(a[aRow + k]);
            (c1, d1) = (x1.MultiplyAdd(left, c1), x1.MultiplyAdd(right, d1));
            var x2 = TLanes.Fill(a[(2 * aRow) + k]);
            (c2, d2) = (x2.MultiplyAdd(left, c2), x2.MultiplyAdd(right, d2));
            var x3 = TLanes.Fill(a[(3 * aRow) + k]);
            (c3, d3) = (x3.MultiplyAdd(left, c3), x3.MultiplyAdd(right, d3));
            var x4 = TLanes.Fill(a[(4 * aRow) + k]);
            (c4, d4) = (x4.MultiplyAdd(left, c4), x4.MultiplyAdd(right, d4));
            var x5 = TLanes.Fill(a[(5 * aRow) + k]);
            (c5, d5) = (x5.MultiplyAdd(left, c5), x5.MultiplyAdd(right, d5));
            var x6 = TLanes.Fill(a[(6 * aRow) + k]);
            (c6, d6) = (x6.MultiplyAdd(left, c6), x6.MultiplyAdd(right, d6));
            var x7 = TLanes.Fill(a[(7 * aRow) + k]);
            (c7, d7) = (x7.MultiplyAdd(left, c7), x7.MultiplyAdd(right, d7));
        }
        c0.Store(c);
        d0.Store(c + TLanes.Count);
        c1.Store(c + cRow);
        d1.Store(c + cRow + TLanes.Count);
        c2.Store(c + (2 * cRow));
        d2.Store(c + (2 * cRow) + TLanes.Count);
        c3.Store(c + (3 * cRow));
        d3.Store(c + (3 * cRow) + TLanes.Count);
        c4.Store(c + (4 * cRow));
        d4.Store(c + (4 * cRow) + TLanes.Count);
        c5.Store(c + (5 * cRow));
        d5.Store(c + (5 * cRow) + TLanes.Count);
        c6.Store(c + (6 * cRow));
        d6.Store(c + (6 * cRow) + TLanes.Count);
        c7.Store(c + (7 * cRow));
        d7.Store(c + (7 * cRow) + TLanes.Count);
    }

    /// <summary>4 rows by two registers of columns: each element is summed over k in order, whatever the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product4<TLanes>(float* a, nint aRow, float* b, nint bRow, float* c, nint cRow, int inner)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes c0 = default, d0 = default;
        TLanes c1 = default, d1 = default;
        TLanes c2 = default, d2 = default;
        TLanes c3 = default, d3 = default;
        for (var k = 0; k < inner; k++, b += bRow)
        {
            var (left, right) = (TLanes.Load(b), TLanes.Load(b + TLanes.Count));
            var x0 = TLanes.Fill(a[k]);
            (c0, d0) = (x0.MultiplyAdd(left, c0), x0.MultiplyAdd(right, d0));
            var x1 = TLanes.Fill(a[aRow + k]);
            (c1, d1) = (x1.MultiplyAdd(left, c1), x1.MultiplyAdd(right, d1));
            var x2 = TLanes.Fill(a[(2 * aRow) + k]);
            (c2, d2) = (x2.MultiplyAdd(left, c2), x2.MultiplyAdd(right, d2));
            var x3 = TLanes.Fill(a[(3 * aRow) + k]);
            (c3, d3) = (x3.MultiplyAdd(left, c3), x3.MultiplyAdd(right, d3));
        }
        c0.Store(c);
        d0.Store(c + TLanes.Count);
        c1.Store(c + cRow);
        d1.Store(c + cRow + TLanes.Count);
        c2.Store(c + (2 * cRow));
        d2.Store(c + (2 * cRow) + TLanes.Count);
        c3.Store(c + (3 * cRow));
        d3.Store(c + (3 * cRow) + TLanes.Count);
    }

    /// <summary>One row by two registers of columns: each element is summed over k in order, whatever the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product1<TLanes>(float* a, float* b, nint bRow, float* c, int inner)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes c0 = default, d0 = default;
        for (var k = 0; k < inner; k++, b += bRow)
        {
            var (left, right) = (TLanes.Load(b), TLanes.Load(b + TLanes.Count));
            var x0 = TLanes.Fill(a[k]);
            (c0, d0) = (x0.MultiplyAdd(left, c0), x0.MultiplyAdd(right, d0));
        }
        c0.Store(c);
        d0.Store(c + TLanes.Count);
    }
}
