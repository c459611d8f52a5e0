namespace MuseCluster.Silo.Api.Requests;

/// <summary>What every request for a picture may hold, for the API's description; <see cref="GenerationFields"/> reads it.</summary>
public record GenerationBody
{
    /// <summary>What to show; up to 10,000 characters.</summary>
    public required string Prompt { get; init; }

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
