namespace MuseCluster.Client;

/// <summary>What pictures show, and how they are made; what is null is as the model has it.</summary>
public record PictureRequest
{
    /// <summary>What to show, up to 10,000 characters.</summary>
    public required string Prompt { get; init; }

    /// <summary>What to steer away from.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>How many pictures.</summary>
    public int? N { get; init; }

    /// <summary>The seed; drawn at random where null.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Steps of the base model.</summary>
    public int? Steps { get; init; }

    /// <summary>Steps of the super-resolution model.</summary>
    public int? SrSteps { get; init; }

    /// <summary>Guidance of the base model at its last step.</summary>
    public double? Guidance { get; init; }

    /// <summary>Guidance of the super-resolution model at its last step.</summary>
    public double? SrGuidance { get; init; }

    /// <summary>Noise on which tokens are kept, at the first step.</summary>
    public double? Temperature { get; init; }

    /// <summary>Tokens less likely than this share of the likeliest are never taken.</summary>
    public double? MinP { get; init; }

    /// <summary>How the masked share falls over the steps.</summary>
    public string? Schedule { get; init; }
}
