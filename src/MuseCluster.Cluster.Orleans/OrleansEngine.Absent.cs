using MuseCluster.Cluster.Mesh;

namespace MuseCluster.Cluster.Orleans;

/// <content>Without Orleans.</content>
public sealed partial class OrleansEngine
{
    /// <summary>Whether this build has it.</summary>
    public static bool IsBuilt => false;

    /// <inheritdoc/>
    public string Form => "orleans, in a build that has it";

    /// <inheritdoc/>
    public Func<IReadOnlyList<string>, IMesh> Prepare(MeshPlace place) => throw new ArgumentException(
        "this build has no Orleans; where its packages can be restored, build with: dotnet build MuseCluster.sln -c Release -p:WithOrleans=true. RabbitMQ's amqp:// URL will do in any build.");
}
