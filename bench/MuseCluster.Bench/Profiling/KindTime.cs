using MuseCluster.Bench.Arithmetic;

namespace MuseCluster.Bench.Profiling;

/// <summary>What operators of one kind take in a pass.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Seconds">All calls of a pass, each at its fastest with warm caches.</param>
/// <param name="Work">Their arithmetic; nothing for what is no product.</param>
public sealed record KindTime(string Kind, double Seconds, Work Work);
