namespace MuseCluster.Client;

/// <summary>Something that happened to a job.</summary>
/// <param name="Id">By which watching goes on after it; null where the server gave none.</param>
public abstract record JobEvent(string? Id);

/// <summary>The job changed.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Job">The job as it is now.</param>
public sealed record JobChanged(string? Id, Job Job) : JobEvent(Id);

/// <summary>An item changed.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Item">What is told of it.</param>
public sealed record ItemChanged(string? Id, ItemProgress Item) : JobEvent(Id);

/// <summary>Where an item stands.</summary>
/// <param name="Index">Which item.</param>
/// <param name="State">One of <see cref="JobState"/>.</param>
/// <param name="Stage">The stage it is at.</param>
/// <param name="Step">The step of that stage.</param>
/// <param name="Steps">The stage's steps.</param>
/// <param name="Preview">A preview as PNG; null where there is none.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="PictureUrl">Where its picture is.</param>
/// <param name="Ahead">While it waits: items of the same queue before it.</param>
public sealed record ItemProgress(
    int Index, string State, string? Stage, int? Step, int? Steps, byte[]? Preview, string? Reason, string? PictureUrl, int? Ahead);
