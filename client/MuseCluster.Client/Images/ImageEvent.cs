using System.Text.Json.Serialization;
using MuseCluster.Client.Http;

namespace MuseCluster.Client;

/// <summary>Something that happened to a picture while it was made.</summary>
/// <param name="Index">Which picture of the request; null where the server does not say.</param>
public abstract record ImageEvent(int? Index)
{
    /// <summary>Reads an event.</summary>
    /// <param name="body">The event; null for one of a kind that this client does not know.</param>
    internal static ImageEvent? From(ImageEventBody body) => body switch
    {
        { Type: "image_generation.partial_image", B64Json: { } picture } => new PartialImage(body.Index, body.PartialImageIndex ?? 0, Convert.FromBase64String(picture)),
        { Type: "image_generation.completed", B64Json: { } picture } => new CompletedImage(body.Index, Convert.FromBase64String(picture)),
        { Error: { } error } => new FailedImage(body.Index, error),
        { Type: "error", Message: { } message } => new FailedImage(body.Index, new ApiError(message, null, body.Code, body.Param)),
        _ => null,
    };
}

/// <summary>A preview.</summary>
/// <param name="Index">Which picture.</param>
/// <param name="Preview">Which of its previews.</param>
/// <param name="Png">The preview's file.</param>
public sealed record PartialImage(int? Index, int Preview, byte[] Png) : ImageEvent(Index);

/// <summary>A picture that is done.</summary>
/// <param name="Index">Which picture.</param>
/// <param name="Png">Its file.</param>
public sealed record CompletedImage(int? Index, byte[] Png) : ImageEvent(Index);

/// <summary>A picture that failed; others may follow.</summary>
/// <param name="Index">Which picture.</param>
/// <param name="Error">Why.</param>
public sealed record FailedImage(int? Index, ApiError Error) : ImageEvent(Index);

/// <summary>An event as it is sent.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="B64Json">A picture.</param>
/// <param name="PartialImageIndex">Which preview.</param>
/// <param name="Index">Which picture.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Message">What went wrong, of an error without an object of its own.</param>
/// <param name="Code">Its code.</param>
/// <param name="Param">Its parameter.</param>
internal sealed record ImageEventBody(
    string? Type, [property: JsonPropertyName("b64_json")] string? B64Json, int? PartialImageIndex, int? Index, ApiError? Error, string? Message, string? Code, string? Param);
