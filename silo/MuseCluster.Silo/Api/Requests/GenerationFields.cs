using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Silo.Api.Requests;

/// <summary>What images, jobs and batch lines have in common: a prompt and how it is decoded.</summary>
internal static class GenerationFields
{
    /// <summary>Reads a request; the model's defaults stand in for what is missing.</summary>
    /// <param name="fields">The fields.</param>
    /// <param name="defaults">The model's defaults.</param>
    /// <param name="seed">The seed where none is given.</param>
    /// <exception cref="Errors.ApiException">A field is wrong.</exception>
    public static GenerationRequest Read(JsonFields fields, GenerationDefaults defaults, ulong seed)
    {
        var prompt = fields.Needed("prompt", GenerationRequest.LongestPrompt);
        var request = GenerationRequest.From(prompt, fields.Whole("seed", 0, ulong.MaxValue) ?? seed, defaults);
        return request with
        {
            Negative = fields.Text("negative_prompt", GenerationRequest.LongestPrompt) ?? "",
            Steps = (int?)fields.Whole("steps", 1, GenerationDefaults.MaxSteps) ?? request.Steps,
            SrSteps = (int?)fields.Whole("sr_steps", 1, GenerationDefaults.MaxSteps) ?? request.SrSteps,
            Guidance = fields.Number("guidance", 0, GenerationDefaults.MaxScale) ?? request.Guidance,
            SrGuidance = fields.Number("sr_guidance", 0, GenerationDefaults.MaxScale) ?? request.SrGuidance,
            Temperature = fields.Number("temperature", 0, GenerationDefaults.MaxScale) ?? request.Temperature,
            MinP = fields.Number("min_p", 0, 1) ?? request.MinP,
            Schedule = fields.Choice("schedule", [.. MaskSchedules.Names]) ?? request.Schedule,
        };
    }
}

/// <summary>A request as answers tell it.</summary>
/// <param name="Prompt">What to show.</param>
/// <param name="NegativePrompt">What to steer away from.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Picture">The picture's index among those of one prompt and seed.</param>
/// <param name="Steps">Base decoding steps.</param>
/// <param name="SrSteps">Super-resolution decoding steps.</param>
/// <param name="Guidance">Guidance of the base model.</param>
/// <param name="SrGuidance">Guidance of the super-resolution model.</param>
/// <param name="Temperature">Temperature of the confidences' noise.</param>
/// <param name="MinP">Least share of the likeliest token.</param>
/// <param name="Schedule">The mask schedule.</param>
public sealed record RequestAnswer(
    string Prompt, string NegativePrompt, ulong Seed, uint Picture, int Steps, int SrSteps, double Guidance, double SrGuidance, double Temperature, double MinP, string Schedule)
{
    internal static RequestAnswer Of(GenerationRequest r) =>
        new(r.Prompt, r.Negative, r.Seed, r.Picture, r.Steps, r.SrSteps, r.Guidance, r.SrGuidance, r.Temperature, r.MinP, r.Schedule);
}
