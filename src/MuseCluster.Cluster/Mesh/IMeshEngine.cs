using Microsoft.Extensions.Logging;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Mesh;

/// <summary>A kind of mesh, as a silo's setting names it.</summary>
public interface IMeshEngine
{
    /// <summary>How the setting is written, for messages.</summary>
    string Form { get; }

    /// <summary>Whether a setting means this kind.</summary>
    /// <param name="mesh">The setting.</param>
    bool Takes(string mesh);

    /// <summary>Checks all that can be checked before anything is opened.</summary>
    /// <param name="place">What the mesh is to be for the silo.</param>
    /// <returns>Opens the mesh, given the names of the silo's models.</returns>
    /// <exception cref="ArgumentException">The setting is wrong; the message says what is expected.</exception>
    Func<IReadOnlyList<string>, IMesh> Prepare(MeshPlace place);
}

/// <summary>A silo's place in a mesh.</summary>
public sealed record MeshPlace
{
    /// <summary>Which mesh.</summary>
    public required string Mesh { get; init; }

    /// <summary>A PEM file of the authorities that may sign a broker's certificate; null for those the machine trusts.</summary>
    public string? Authorities { get; init; }

    /// <summary>The ledger's database, in Npgsql's form; null where it is not PostgreSQL.</summary>
    public string? Postgres { get; init; }

    /// <summary>The silo's name.</summary>
    public required string Silo { get; init; }

    /// <summary>The stages it serves.</summary>
    public required IReadOnlyList<Stage> Stages { get; init; }

    /// <summary>Whether it is a gateway.</summary>
    public required bool Gateway { get; init; }

    /// <summary>Items that each of its stages holds at once.</summary>
    public required int Capacity { get; init; }

    /// <summary>Make the mesh's loggers.</summary>
    public required ILoggerFactory Loggers { get; init; }
}
