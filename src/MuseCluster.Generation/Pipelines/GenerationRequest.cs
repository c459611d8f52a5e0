using System.Text.Json.Serialization;
using MuseCluster.Generation.Decoding;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Generation.Pipelines;

/// <summary>What determines a picture, together with the model. Two equal requests give equal tokens.</summary>
public sealed record GenerationRequest
{
    /// <summary>The longest prompt accepted, in characters.</summary>
    public const int LongestPrompt = 10_000;

    /// <summary>The longest side of a picture, in pixels.</summary>
    public const int LongestSide = 4096;

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

    /// <summary>Whose rules the steps follow. Default Muse's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [JsonConverter(typeof(DecodingRuleConverter))]
    public DecodingRule Rule { get; init; }

    /// <summary>
    /// Guidance of the base model as its family counts it: by Muse's rule t of l = (1 + t) l_cond - t l_uncond at the last step, 0
    /// for none; by the others' the scale s of l = l_uncond + s (l_cond - l_uncond), 1 or 0 for none, in aMUSEd all below 1 too.
    /// muse-maskgit-pytorch itself takes a scale of 0 for a picture of no text, which an empty prompt is too.
    /// </summary>
    public double Guidance { get; init; } = 3;

    /// <summary>Guidance of the super-resolution model, counted in the same way.</summary>
    public double SrGuidance { get; init; } = 3;

    /// <summary>Temperature of the confidences' noise at the first step.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>What aMUSEd's rule lets the temperature fall to at the last step; Muse's always lets it fall to 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double FinalTemperature { get; init; }

    /// <summary>Tokens less likely than this share of the likeliest are never sampled.</summary>
    public double MinP { get; init; }

    /// <summary>The mask schedule's name.</summary>
    public string Schedule { get; init; } = "cosine";

    /// <summary>The picture's width in pixels; null for the model's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Width { get; init; }

    /// <summary>The picture's height in pixels; null for the model's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Height { get; init; }

    /// <summary>What models with micro-conditioning are told beside the size; null for the defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MicroConditions? Micro { get; init; }

    /// <summary>A picture to start from; null to start from nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InitialPicture? Initial { get; init; }

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
        Rule = DecodingRules.Parse(defaults.Rule),
        Guidance = defaults.Guidance,
        SrGuidance = defaults.SrGuidance,
        Temperature = defaults.Temperature,
        FinalTemperature = defaults.FinalTemperature,
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
        foreach (var (field, value) in new[] { (nameof(Guidance), Guidance), (nameof(SrGuidance), SrGuidance), (nameof(Temperature), Temperature), (nameof(FinalTemperature), FinalTemperature) })
            if (!(value >= 0 && value <= GenerationDefaults.MaxScale))
                yield return (field, $"is {value}, expected 0 to {GenerationDefaults.MaxScale}");
        if (!Enum.IsDefined(Rule))
            yield return (nameof(Rule), $"is {(int)Rule}, expected one of {string.Join(", ", DecodingRules.Names)}");
        foreach (var (field, side) in new[] { (nameof(Width), Width), (nameof(Height), Height) })
            if (side is < 1 or > LongestSide)
                yield return (field, $"is {side}, expected 1 to {LongestSide}");
        if (Micro is { } micro)
        {
            if (!(micro.AestheticScore is >= 0 and <= 10))
                yield return ("Micro.AestheticScore", $"is {micro.AestheticScore}, expected 0 to 10");
            if (micro.CropLeft is < 0 or > LongestSide || micro.CropTop is < 0 or > LongestSide)
                yield return ("Micro.CropLeft and CropTop", $"are {micro.CropLeft} and {micro.CropTop}, expected 0 to {LongestSide}");
        }
        if (Initial is { } initial && !(initial.Strength is > 0 and <= 1))
            yield return ("Initial.Strength", $"is {initial.Strength}, expected above 0, at most 1");
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
        Rule = Rule,
        // The others write u + s (c - u), so that their scale s is 1 + t.
        Guidance = Rule switch
        {
            DecodingRule.Amused => Math.Max(0, guidance - 1),
            DecodingRule.OpenMuse or DecodingRule.MuseMaskgitPytorch => guidance == 0 ? 0 : guidance - 1,
            _ => guidance,
        },
        Temperature = Temperature,
        FinalTemperature = FinalTemperature,
        MinP = MinP,
        Schedule = MaskSchedules.TryParse(Schedule, out var schedule) ? schedule : throw new FormatException($"There is no schedule '{Schedule}'."),
    };
}
