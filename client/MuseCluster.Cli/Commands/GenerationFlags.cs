using System.CommandLine;
using MuseCluster.Client;
using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Cli.Commands;

/// <summary>The flags that say how pictures are decoded; what is not given stays as the model or the picture has it.</summary>
internal sealed class GenerationFlags
{
    private readonly Option<int?> _steps = Flag.Number("--steps", "Steps of the base model.", 1, GenerationDefaults.MaxSteps);
    private readonly Option<int?> _srSteps = Flag.Number("--sr-steps", "Steps of the super-resolution model.", 1, GenerationDefaults.MaxSteps);
    private readonly Option<double?> _guidance = Flag.Number("--guidance", "How strongly the base model follows the prompt, as the model's family counts it; 0 for not at all.", 0, GenerationDefaults.MaxScale);
    private readonly Option<double?> _srGuidance = Flag.Number("--sr-guidance", "The same for the super-resolution model; none at all halves its work.", 0, GenerationDefaults.MaxScale);
    private readonly Option<double?> _temperature = Flag.Number("--temperature", "Noise on which tokens are kept, at the first step.", 0, GenerationDefaults.MaxScale);
    private readonly Option<double?> _minP = Flag.Number<double>("--min-p", "Tokens less likely than this share of the likeliest are never taken.", 0, 1);
    private readonly Option<string?> _schedule = Flag.Choice("--schedule", "How the masked share falls over the steps.", [.. MaskSchedules.Names]);

    /// <summary>The flags, to be added to a command.</summary>
    public IEnumerable<Option> All => [_steps, _srSteps, _guidance, _srGuidance, _temperature, _minP, _schedule];

    /// <summary>Puts what the user gave into a request.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="request">The request without them.</param>
    /// <returns>The request.</returns>
    public GenerationRequest Apply(ParseResult parse, GenerationRequest request) => request with
    {
        Steps = parse.GetValue(_steps) ?? request.Steps,
        SrSteps = parse.GetValue(_srSteps) ?? request.SrSteps,
        Guidance = parse.GetValue(_guidance) ?? request.Guidance,
        SrGuidance = parse.GetValue(_srGuidance) ?? request.SrGuidance,
        Temperature = parse.GetValue(_temperature) ?? request.Temperature,
        MinP = parse.GetValue(_minP) ?? request.MinP,
        Schedule = parse.GetValue(_schedule) ?? request.Schedule,
    };

    /// <summary>Puts what the user gave into a request to a server.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="request">The request without them.</param>
    /// <returns>The request.</returns>
    public JobPictures Apply(ParseResult parse, JobPictures request) => request with
    {
        Steps = parse.GetValue(_steps) ?? request.Steps,
        SrSteps = parse.GetValue(_srSteps) ?? request.SrSteps,
        Guidance = parse.GetValue(_guidance) ?? request.Guidance,
        SrGuidance = parse.GetValue(_srGuidance) ?? request.SrGuidance,
        Temperature = parse.GetValue(_temperature) ?? request.Temperature,
        MinP = parse.GetValue(_minP) ?? request.MinP,
        Schedule = parse.GetValue(_schedule) ?? request.Schedule,
    };
}
