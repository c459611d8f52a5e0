namespace MuseCluster.Client;

/// <summary>A picture of a job.</summary>
/// <param name="Index">Which one.</param>
/// <param name="Job">Its job.</param>
/// <param name="State">One of <see cref="JobState"/>.</param>
/// <param name="Request">What determines it.</param>
/// <param name="PictureUrl">Where the file is, for an hour and without a key; null until it is done.</param>
/// <param name="ManifestUrl">Where the manifest is; null until it is done.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="CreatedAt">When it was submitted.</param>
/// <param name="DispatchedAt">When it was last sent to its first stage.</param>
/// <param name="EndedAt">When it ended.</param>
public sealed record JobItem(
    int Index, string Job, string State, ItemRequest Request, string? PictureUrl, string? ManifestUrl, string? Reason,
    DateTimeOffset CreatedAt, DateTimeOffset? DispatchedAt, DateTimeOffset? EndedAt);

/// <summary>What determines an item's picture, together with the model.</summary>
/// <param name="Prompt">What it shows.</param>
/// <param name="NegativePrompt">What it steers away from.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Picture">Which picture of that prompt and seed.</param>
/// <param name="Steps">Steps of the base model.</param>
/// <param name="SrSteps">Steps of the super-resolution model.</param>
/// <param name="Guidance">Guidance of the base model.</param>
/// <param name="SrGuidance">Guidance of the super-resolution model.</param>
/// <param name="Temperature">Noise on which tokens are kept.</param>
/// <param name="MinP">The least share of the likeliest token.</param>
/// <param name="Schedule">The schedule.</param>
public sealed record ItemRequest(
    string Prompt, string? NegativePrompt, ulong Seed, uint Picture, int Steps, int SrSteps,
    double Guidance, double SrGuidance, double Temperature, double MinP, string? Schedule);
