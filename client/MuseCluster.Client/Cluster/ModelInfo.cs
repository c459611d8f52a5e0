namespace MuseCluster.Client;

/// <summary>A model that is served.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Created">When it was made.</param>
/// <param name="OwnedBy">Whose it is.</param>
/// <param name="Muse">What makes it up.</param>
public sealed record ModelInfo(string Id, DateTimeOffset Created, string? OwnedBy, ModelDetails? Muse);

/// <summary>What makes a model up.</summary>
/// <param name="Size">The size of its pictures, such as <c>256x256</c>.</param>
/// <param name="Defaults">What is used where a request says nothing.</param>
/// <param name="Schedules">The schedules it can follow.</param>
public sealed record ModelDetails(string? Size, ModelDefaults? Defaults, IReadOnlyList<string>? Schedules);

/// <summary>What a model uses where a request says nothing.</summary>
/// <param name="Steps">Steps of the base model.</param>
/// <param name="SrSteps">Steps of the super-resolution model.</param>
/// <param name="Guidance">Guidance of the base model.</param>
/// <param name="SrGuidance">Guidance of the super-resolution model.</param>
/// <param name="Temperature">Noise on which tokens are kept.</param>
/// <param name="MinP">The least share of the likeliest token.</param>
/// <param name="Schedule">The schedule.</param>
public sealed record ModelDefaults(int Steps, int SrSteps, double Guidance, double SrGuidance, double Temperature, double MinP, string? Schedule);
