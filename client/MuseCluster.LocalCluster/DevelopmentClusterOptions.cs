using MuseCluster.LocalCluster.Silos;

namespace MuseCluster.LocalCluster;

/// <summary>What a local cluster is made of.</summary>
public sealed record DevelopmentClusterOptions
{
    /// <summary>Where data, logs and state go.</summary>
    public required string Folder { get; init; }

    /// <summary>What starts <c>muse</c>.</summary>
    public required IReadOnlyList<string> Muse { get; init; }

    /// <summary>Azurite's program azurite-blob.</summary>
    public required string Azurite { get; init; }

    /// <summary>The silos.</summary>
    public required IReadOnlyList<SiloSpec> Silos { get; init; }

    /// <summary>The model: a folder, or a name among the repository's.</summary>
    public string Model { get; init; } = "shapes";

    /// <summary>How items travel, as silos are told; null to start RabbitMQ.</summary>
    public string? Mesh { get; init; }

    /// <summary>The ledger's database; null to start PostgreSQL.</summary>
    public string? Ledger { get; init; }

    /// <summary>The artifact store; null to start Azurite.</summary>
    public string? Blobs { get; init; }

    /// <summary>RabbitMQ's nodes, where one is started.</summary>
    public int RabbitMqNodes { get; init; } = 1;

    /// <summary>Flags that all silos get.</summary>
    public IReadOnlyList<string> SiloFlags { get; init; } = [];

    /// <summary>Flags that a start of a silo gets beyond those; asked anew for every start.</summary>
    public Func<IReadOnlyList<string>> StartFlags { get; init; } = () => [];

    /// <summary>Whether the cluster goes on when this process ends.</summary>
    public bool Outlive { get; init; }
}
