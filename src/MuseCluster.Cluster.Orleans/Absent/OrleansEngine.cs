using MuseCluster.Cluster.Mesh;

namespace MuseCluster.Cluster.Orleans;

/// <summary>Stands where Orleans was not built in, and says how to get it.</summary>
public sealed class OrleansEngine : IMeshEngine
{
    /// <summary>How the setting begins.</summary>
    public const string Scheme = "orleans";

    /// <summary>Whether this build has it.</summary>
    public static bool IsBuilt => false;

    /// <inheritdoc/>
    public string Form => "orleans, in a build that has it";

    /// <inheritdoc/>
    public bool Takes(string mesh) => mesh == Scheme || mesh.StartsWith(Scheme + "://", StringComparison.Ordinal);

    /// <inheritdoc/>
    public Func<IReadOnlyList<string>, IMesh> Prepare(MeshPlace place) => throw new ArgumentException(
        "this build has no Orleans; where its packages can be restored, build with: dotnet build MuseCluster.sln -c Release -p:WithOrleans=true. RabbitMQ's amqp:// URL will do in any build.");
}
