namespace MuseCluster.Models.Import;

/// <summary>How a model is added.</summary>
public sealed record ImportOptions
{
    /// <summary>The folder that gets the model's folder; made where it is not there.</summary>
    public required string Models { get; init; }

    /// <summary>The model's name; null for the first folder's, made valid.</summary>
    public string? Name { get; init; }

    /// <summary>The licence of the weights; null for what the first folder says.</summary>
    public string? Licence { get; init; }

    /// <summary>Whether the files are copied rather than linked to.</summary>
    public bool Copy { get; init; }

    /// <summary>The names of the decoding rules that this build has; null for any.</summary>
    public IReadOnlyCollection<string>? Rules { get; init; }
}
