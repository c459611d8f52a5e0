namespace MuseCluster.Client;

/// <summary>A batch to make.</summary>
/// <param name="InputFileId">The file of requests.</param>
public sealed record BatchRequest(string InputFileId)
{
    /// <summary>Where its lines go.</summary>
    public string Endpoint { get; init; } = BatchesClient.Endpoint;

    /// <summary>How long it may take: <c>24h</c>, or anything from <c>1m</c> to <c>720h</c>.</summary>
    public string CompletionWindow { get; init; } = "24h";

    /// <summary>What its owner notes.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
