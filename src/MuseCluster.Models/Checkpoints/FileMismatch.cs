namespace MuseCluster.Models.Checkpoints;

/// <summary>A file of a model that is not what the manifest says.</summary>
/// <param name="File">Its path, relative to the model's folder.</param>
/// <param name="Problem">What was found and what was expected.</param>
public sealed record FileMismatch(string File, string Problem);
