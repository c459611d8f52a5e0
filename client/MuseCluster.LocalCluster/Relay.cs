namespace MuseCluster.LocalCluster;

/// <summary>Hands progress on at once, on the thread that reports it, where <see cref="Progress{T}"/> would do it later and in any order.</summary>
/// <typeparam name="T">What is reported.</typeparam>
/// <param name="report">Gets it.</param>
public sealed class Relay<T>(Action<T> report) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => report(value);
}
