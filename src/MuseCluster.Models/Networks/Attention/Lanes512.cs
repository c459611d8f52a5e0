using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MuseCluster.Models.Networks.Attention;

/// <summary>Registers of 512 bits.</summary>
internal readonly unsafe struct Lanes512 : ILanes<Lanes512>
{
    private readonly Vector512<float> _v;

    private Lanes512(Vector512<float> v) => _v = v;

    public static int Count => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Fill(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes512 Add(Lanes512 other) => new(_v + other._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes512 Multiply(Lanes512 other) => new(_v * other._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes512 MultiplyAdd(Lanes512 factor, Lanes512 addend) => new(Vector512.MultiplyAddEstimate(_v, factor._v, addend._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes512 Max(Lanes512 other) => new(Vector512.MaxNative(_v, other._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Sum() => Vector512.Sum(_v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Largest()
    {
        var half = Vector256.MaxNative(_v.GetLower(), _v.GetUpper());
        var quarter = Vector128.MaxNative(half.GetLower(), half.GetUpper());
        quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes512 Round() => new(Vector512.Round(_v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes512 TwoToThis() => new(((Vector512.ConvertToInt32Native(_v) + Vector512.Create(127)) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes512 ZeroWhereBelow(Lanes512 tested, Lanes512 bound) => new(Vector512.AndNot(_v, Vector512.LessThan(tested._v, bound._v)));
}
