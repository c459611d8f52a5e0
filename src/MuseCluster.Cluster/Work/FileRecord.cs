namespace MuseCluster.Cluster.Work;

/// <summary>A file of a tenant: a batch's input, or what came of it. Its bytes are an artifact.</summary>
/// <param name="Id">Chosen by who adds it.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Name">What its tenant calls it.</param>
/// <param name="Purpose">batch or batch_output.</param>
/// <param name="Bytes">How many.</param>
/// <param name="Created">When it was added.</param>
/// <param name="Artifact">The path of its artifact.</param>
public sealed record FileRecord(Guid Id, string Tenant, string Name, string Purpose, long Bytes, DateTimeOffset Created, string Artifact);
