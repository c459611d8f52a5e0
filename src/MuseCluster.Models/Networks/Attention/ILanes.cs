namespace MuseCluster.Models.Networks.Attention;

/// <summary>A vector register of floats. Every operation is per lane: no lane's bits depend on its neighbours.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>How many floats it holds.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(float* from);

    static abstract TSelf Fill(float value);

    void Store(float* to);

    TSelf Add(TSelf other);

    TSelf Multiply(TSelf other);

    /// <summary>this x factor + addend, rounded once where the processor can.</summary>
    TSelf MultiplyAdd(TSelf factor, TSelf addend);

    TSelf Max(TSelf other);

    /// <summary>The sum of all lanes, always in the same order.</summary>
    float Sum();

    /// <summary>The largest lane.</summary>
    float Largest();

    /// <summary>The nearest whole numbers.</summary>
    TSelf Round();

    /// <summary>2^this of whole numbers from -126 to 127.</summary>
    TSelf TwoToThis();

    /// <summary>0 where <paramref name="tested"/> is below a bound, this elsewhere.</summary>
    TSelf ZeroWhereBelow(TSelf tested, TSelf bound);
}
