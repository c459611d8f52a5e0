namespace MuseCluster.Bench;

/// <summary>A list whose items are disposed with it.</summary>
/// <typeparam name="T">The items' type.</typeparam>
/// <param name="items">The items.</param>
internal sealed class Disposables<T>(IEnumerable<T> items) : IDisposable
    where T : IDisposable
{
    /// <summary>The items.</summary>
    internal IReadOnlyList<T> Items { get; } = [.. items];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var item in Items)
            item.Dispose();
    }
}
