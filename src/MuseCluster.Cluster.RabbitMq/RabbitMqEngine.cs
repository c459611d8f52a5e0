using Microsoft.Extensions.Logging;
using MuseCluster.Cluster.Mesh;

namespace MuseCluster.Cluster.RabbitMq;

/// <summary>The mesh over RabbitMQ.</summary>
public sealed class RabbitMqEngine : IMeshEngine
{
    /// <inheritdoc/>
    public string Form => "RabbitMQ's URL, amqp://USER:PASSWORD@HOST[,HOST...][:PORT] or amqps://";

    /// <inheritdoc/>
    public bool Takes(string mesh) => mesh.StartsWith("amqp://", StringComparison.Ordinal) || mesh.StartsWith("amqps://", StringComparison.Ordinal);

    /// <inheritdoc/>
    public Func<IReadOnlyList<string>, IMesh> Prepare(MeshPlace place)
    {
        var options = RabbitMqOptions.Parse(place.Mesh, place.Authorities);
        return _ => new RabbitMqMesh(options, place.Loggers.CreateLogger<RabbitMqMesh>());
    }
}
