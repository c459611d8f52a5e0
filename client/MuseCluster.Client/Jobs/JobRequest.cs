namespace MuseCluster.Client;

/// <summary>A job to submit.</summary>
/// <param name="Requests">What to make; each gives as many items as it asks for pictures.</param>
public sealed record JobRequest(IReadOnlyList<JobPictures> Requests)
{
    /// <summary>The model; the first that is served where null.</summary>
    public string? Model { get; init; }

    /// <summary><c>interactive</c> or <c>batch</c>; the server's choice where null.</summary>
    public string? Class { get; init; }
}

/// <summary>Pictures of a job.</summary>
public sealed record JobPictures : PictureRequest
{
    /// <summary>The index of the first among the pictures of one prompt and seed; 0 where null.</summary>
    public uint? Picture { get; init; }
}
