using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MuseCluster.Models.Networks.Attention;

/// <summary>Registers of 256 bits.</summary>
internal readonly unsafe struct Lanes256 : ILanes<Lanes256>
{
    private readonly Vector256<float> _v;

    private Lanes256(Vector256<float> v) => _v = v;

    public static int Count => Vector256<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Fill(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes256 Add(Lanes256 other) => new(_v + other._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes256 Multiply(Lanes256 other) => new(_v * other._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes256 MultiplyAdd(Lanes256 factor, Lanes256 addend) => new(Vector256.MultiplyAddEstimate(_v, factor._v, addend._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes256 Max(Lanes256 other) => new(Vector256.MaxNative(_v, other._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Sum() => Vector256.Sum(_v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Largest()
    {
        var quarter = Vector128.MaxNative(_v.GetLower(), _v.GetUpper());
        quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes256 Round() => new(Vector256.Round(_v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes256 TwoToThis() => new(((Vector256.ConvertToInt32Native(_v) + Vector256.Create(127)) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes256 ZeroWhereBelow(Lanes256 tested, Lanes256 bound) => new(Vector256.AndNot(_v, Vector256.LessThan(tested._v, bound._v)));
}
