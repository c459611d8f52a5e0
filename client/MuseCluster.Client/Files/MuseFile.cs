namespace MuseCluster.Client;

/// <summary>A file of the tenant's.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="CreatedAt">Since when it is there.</param>
/// <param name="Filename">The name it was given.</param>
/// <param name="Purpose"><c>batch</c> for input, <c>batch_output</c> for output.</param>
/// <param name="Status"><c>processed</c>.</param>
public sealed record MuseFile(string Id, long Bytes, DateTimeOffset CreatedAt, string Filename, string Purpose, string? Status);
