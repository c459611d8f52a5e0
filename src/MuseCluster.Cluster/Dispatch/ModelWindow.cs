using MuseCluster.Cluster.Silos;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Dispatch;

/// <summary>How much of a model may be in flight, given the silos that are there.</summary>
internal static class ModelWindow
{
    /// <summary>The windows of all models that can be served now.</summary>
    /// <param name="silos">The silos that are there.</param>
    /// <param name="options">Factor and least window.</param>
    /// <returns>Items in flight at most, for each model whose first and last stage some silo serves.</returns>
    public static Dictionary<string, int> All(IReadOnlyList<SiloStatus> silos, DispatchOptions options)
    {
        var grains = silos.Where(s => !s.Draining).SelectMany(s => s.Grains).ToLookup(g => g.Model, StringComparer.Ordinal);
        return grains
            .Where(model => model.Any(g => g.Stage == Stage.Text) && model.Any(g => g.Stage == Stage.Pixels))
            .ToDictionary(
                model => model.Key,
                model => Math.Max(options.MinWindow, (int)Math.Min(int.MaxValue, options.WindowFactor * model.Sum(g => (double)g.Capacity))),
                StringComparer.Ordinal);
    }
}
