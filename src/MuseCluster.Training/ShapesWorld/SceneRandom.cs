using System.Numerics;

namespace MuseCluster.Training.ShapesWorld;

/// <summary>
/// The shapes world's own random numbers: xoshiro256** seeded through SplitMix64 from (seed, index), so that any scene
/// of a sequence can be drawn without those before it, and sequences never change with the runtime.
/// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018.
/// </summary>
public struct SceneRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Starts the numbers of one index of a sequence.</summary>
    /// <param name="seed">The sequence.</param>
    /// <param name="index">The place in it.</param>
    public SceneRandom(ulong seed, ulong index)
    {
        // The seed is mixed before the index joins, so that (seed, index + 1) and (seed + 1, index) share nothing.
        ulong state = Mix(seed + 0x9E3779B97F4A7C15UL) ^ index;
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextBits()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A whole number in [0, <paramref name="count"/>).</summary>
    /// <param name="count">How many values there are, at least 1.</param>
    public int Next(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return (int)(((NextBits() >> 32) * (ulong)count) >> 32);
    }

    /// <summary>A number in [0, 1) of 53 random bits.</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in [<paramref name="low"/>, <paramref name="high"/>); low itself where the range is empty.</summary>
    /// <param name="low">The least value.</param>
    /// <param name="high">Where the values end.</param>
    public double NextBetween(double low, double high) => low + (NextUnit() * (high - low));

    /// <summary>True with a probability.</summary>
    /// <param name="probability">0 for never, 1 for always.</param>
    public bool NextChance(double probability) => NextUnit() < probability;

    /// <summary>One of the items, each as likely.</summary>
    /// <typeparam name="T">The kind of item.</typeparam>
    /// <param name="items">At least one item.</param>
    public T Pick<T>(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items[Next(items.Count)];
    }

    private static ulong SplitMix(ref ulong state) => Mix(state += 0x9E3779B97F4A7C15UL);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
