using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Orleans;
using MuseCluster.Cluster.RabbitMq;

namespace MuseCluster.Silo.Hosting;

/// <summary>The kinds of mesh that a silo can be told to use.</summary>
public static class MeshEngines
{
    private static readonly IMeshEngine[] All = [new InProcessEngine(), new OrleansEngine(), new RabbitMqEngine()];

    /// <summary>How the setting is written.</summary>
    public static string Forms { get; } = string.Join("; ", All.Select(e => e.Form));

    /// <summary>Whether some kind takes a setting.</summary>
    /// <param name="mesh">The setting.</param>
    public static bool Take(string mesh) => Array.Exists(All, e => e.Takes(mesh));

    /// <summary>Checks what can be checked before anything is opened.</summary>
    /// <param name="place">What the mesh is to be for the silo.</param>
    /// <returns>Opens the mesh, given the names of the silo's models.</returns>
    /// <exception cref="ArgumentException">The setting is wrong; the message says what is expected.</exception>
    public static Func<IReadOnlyList<string>, IMesh> Prepare(MeshPlace place) =>
        (Array.Find(All, e => e.Takes(place.Mesh)) ?? throw new ArgumentException($"is '{place.Mesh}', expected {Forms}")).Prepare(place);
}
