namespace MuseCluster.Silo.Api.Images;

/// <summary>What a request for images may hold, for the API's description.</summary>
public sealed record ImageBody
{
    /// <summary>What to show; up to 10,000 characters.</summary>
    public required string Prompt { get; init; }

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

    /// <summary>What to steer away from.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>The seed; at random where not given.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Base decoding steps.</summary>
    public int? Steps { get; init; }

    /// <summary>Super-resolution decoding steps.</summary>
    public int? SrSteps { get; init; }

    /// <summary>Guidance of the base model.</summary>
    public double? Guidance { get; init; }

    /// <summary>Guidance of the super-resolution model.</summary>
    public double? SrGuidance { get; init; }

    /// <summary>Temperature of the confidences' noise.</summary>
    public double? Temperature { get; init; }

    /// <summary>Tokens less likely than this share of the likeliest are never sampled.</summary>
    public double? MinP { get; init; }

    /// <summary>The mask schedule.</summary>
    public string? Schedule { get; init; }
}
