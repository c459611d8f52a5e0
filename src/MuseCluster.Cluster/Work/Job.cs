using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Work;

/// <summary>What a tenant submits: one request or a batch.</summary>
public sealed record Job
{
    /// <summary>Most items of one job.</summary>
    public const int MaxItems = 1_000_000;

    /// <summary>Chosen by who submits, so that submitting the same job twice changes nothing.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Whose it is.</summary>
    public required string Tenant { get; init; }

    /// <summary>The model that serves it.</summary>
    public required string Model { get; init; }

    /// <summary>How soon it is wanted.</summary>
    public PriorityClass Class { get; init; } = PriorityClass.Batch;

    /// <summary>One request an item, in the items' order; at least one.</summary>
    public required IReadOnlyList<GenerationRequest> Requests { get; init; }

    /// <summary>What is wrong with the job.</summary>
    /// <returns>The field (Requests[3].Steps), and what was found and what is expected; empty if all is well.</returns>
    public IEnumerable<(string Field, string Problem)> Problems()
    {
        if (Id == Guid.Empty)
            yield return (nameof(Id), "is empty, expected a fresh identifier");
        if (!NameRule.Holds(Tenant))
            yield return (nameof(Tenant), $"is '{Tenant}', expected {NameRule.Expected}");
        if (!NameRule.Holds(Model))
            yield return (nameof(Model), $"is '{Model}', expected {NameRule.Expected}");
        if (!Enum.IsDefined(Class))
            yield return (nameof(Class), $"is {Class}, expected Interactive or Batch");
        if (Requests.Count is 0 or > MaxItems)
            yield return (nameof(Requests), $"has {Requests.Count} items, expected 1 to {MaxItems}");
        for (var i = 0; i < Requests.Count; i++)
            foreach (var (field, problem) in Requests[i].Problems())
                yield return ($"{nameof(Requests)}[{i}].{field}", problem);
    }
}

/// <summary>How far a job is.</summary>
/// <param name="Id">The job.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Model">The model that serves it.</param>
/// <param name="Class">How soon it is wanted.</param>
/// <param name="Created">When it was accepted.</param>
/// <param name="Queued">Items that wait.</param>
/// <param name="Running">Items on their way.</param>
/// <param name="Paused">Items held back.</param>
/// <param name="Done">Items with a picture.</param>
/// <param name="Failed">Items given up.</param>
/// <param name="Cancelled">Items not wanted any more.</param>
public sealed record JobStatus(
    Guid Id, string Tenant, string Model, PriorityClass Class, DateTimeOffset Created, int Queued, int Running, int Paused, int Done, int Failed, int Cancelled)
{
    /// <summary>All items.</summary>
    public int Items => Queued + Running + Paused + Done + Failed + Cancelled;

    /// <summary>Whether every item has come to its end.</summary>
    public bool Ended => Queued + Running + Paused == 0;
}
