using MuseCluster.Silo.Api.Requests;

namespace MuseCluster.Silo.Api.Images;

/// <summary>What a request for images may hold, for the API's description.</summary>
public sealed record ImageBody : GenerationBody
{
    /// <summary>The model; the first that is served where not given.</summary>
    public string? Model { get; init; }

    /// <summary>Pictures, 1 to 10.</summary>
    public int? N { get; init; }

    /// <summary>auto, or the model's own.</summary>
    public string? Size { get; init; }

    /// <summary>b64_json or url.</summary>
    public string? ResponseFormat { get; init; }

    /// <summary>png.</summary>
    public string? OutputFormat { get; init; }

    /// <summary>Accepted, not used.</summary>
    public string? User { get; init; }

    /// <summary>Whether the answer is a stream of server-sent events.</summary>
    public bool? Stream { get; init; }

    /// <summary>Previews of each picture in the stream, 0 to 3.</summary>
    public int? PartialImages { get; init; }
}
