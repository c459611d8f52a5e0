using MuseCluster.Generation.Decoding;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Generation.Pipelines;

/// <summary>What determines a picture, together with the model. Two equal requests give equal tokens.</summary>
public sealed record GenerationRequest
{
    /// <summary>The longest prompt accepted, in characters.</summary>
    public const int LongestPrompt = 10_000;

    /// <summary>What to show.</summary>
    public required string Prompt { get; init; }

    /// <summary>What to steer away from; it takes the unconditional row's place. Empty for none.</summary>
    public string Negative { get; init; } = "";

    /// <summary>The seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>The picture's index among those of one prompt and seed.</summary>
    public uint Picture { get; init; }

    /// <summary>Base decoding steps.</summary>
    public int Steps { get; init; } = 24;

    /// <summary>Super-resolution decoding steps.</summary>
    public int SrSteps { get; init; } = 8;

    /// <summary>Guidance of the base model at its last step.</summary>
    public double Guidance { get; init; } = 3;

    /// <summary>Guidance of the super-resolution model at its last step.</summary>
    public double SrGuidance { get; init; } = 3;

    /// <summary>Temperature of the confidences' noise at the first step.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Tokens less likely than this share of the likeliest are never sampled.</summary>
    public double MinP { get; init; }

    /// <summary>The mask schedule's name.</summary>
    public string Schedule { get; init; } = "cosine";

    /// <summary>A request that follows a model's defaults.</summary>
    /// <param name="prompt">What to show.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="defaults">The model's defaults.</param>
    /// <returns>The request.</returns>
    public static GenerationRequest From(string prompt, ulong seed, GenerationDefaults defaults) => new()
    {
        Prompt = prompt,
        Seed = seed,
        Steps = defaults.Steps,
        SrSteps = defaults.SrSteps,
        Guidance = defaults.Guidance,
        SrGuidance = defaults.SrGuidance,
        Temperature = defaults.Temperature,
        MinP = defaults.MinP,
        Schedule = defaults.Schedule,
    };

    /// <summary>What is wrong with the request.</summary>
    /// <returns>The field, and one sentence of what was found and what is expected; empty if all is well.</returns>
    public IEnumerable<(string Field, string Problem)> Problems()
    {
        if (Prompt.Length > LongestPrompt)
            yield return (nameof(Prompt), $"has {Prompt.Length} characters, expected at most {LongestPrompt}");
        if (Negative.Length > LongestPrompt)
            yield return (nameof(Negative), $"has {Negative.Length} characters, expected at most {LongestPrompt}");
        if (Steps is < 1 or > GenerationDefaults.MaxSteps)
            yield return (nameof(Steps), $"is {Steps}, expected 1 to {GenerationDefaults.MaxSteps}");
        if (SrSteps is < 1 or > GenerationDefaults.MaxSteps)
            yield return (nameof(SrSteps), $"is {SrSteps}, expected 1 to {GenerationDefaults.MaxSteps}");
        foreach (var (field, value) in new[] { (nameof(Guidance), Guidance), (nameof(SrGuidance), SrGuidance), (nameof(Temperature), Temperature) })
            if (!(value >= 0 && value <= GenerationDefaults.MaxScale))
                yield return (field, $"is {value}, expected 0 to {GenerationDefaults.MaxScale}");
        if (!(MinP is >= 0 and <= 1))
            yield return (nameof(MinP), $"is {MinP}, expected 0 to 1");
        if (!MaskSchedules.TryParse(Schedule, out _))
            yield return (nameof(Schedule), $"is '{Schedule}', expected one of {string.Join(", ", MaskSchedules.Names)}");
    }

    /// <summary>How the base grid is decoded.</summary>
    /// <returns>The options.</returns>
    public DecodingOptions BaseDecoding() => Decoding(Steps, Guidance);

    /// <summary>How the super-resolution grid is decoded.</summary>
    /// <returns>The options.</returns>
    public DecodingOptions SuperresDecoding() => Decoding(SrSteps, SrGuidance);

    private DecodingOptions Decoding(int steps, double guidance) => new()
    {
        Steps = steps,
        Guidance = guidance,
        Temperature = Temperature,
        MinP = MinP,
        Schedule = MaskSchedules.TryParse(Schedule, out var schedule) ? schedule : throw new FormatException($"There is no schedule '{Schedule}'."),
    };
}
