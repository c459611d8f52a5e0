namespace MuseCluster.Client;

/// <summary>Pictures that are wanted at once, or as lines of a batch.</summary>
public record ImageRequest : PictureRequest
{
    /// <summary>The model; the first that is served where null.</summary>
    public string? Model { get; init; }

    /// <summary><c>auto</c> or the model's own size.</summary>
    public string? Size { get; init; }

    /// <summary><c>b64_json</c> for the pictures themselves, which is the default, or <c>url</c>.</summary>
    public string? ResponseFormat { get; init; }

    /// <summary>Who asks; not used.</summary>
    public string? User { get; init; }

    /// <summary>Previews of each picture before it, 0 to 3, where the answer is a stream.</summary>
    public int? PartialImages { get; init; }
}

/// <summary>A request as it is sent.</summary>
internal sealed record ImageBody : ImageRequest
{
    /// <summary>Takes the caller's request.</summary>
    /// <param name="request">The request.</param>
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public ImageBody(ImageRequest request)
        : base(request)
    {
    }

    /// <summary>Whether the answer is a stream.</summary>
    public bool? Stream { get; init; }
}
