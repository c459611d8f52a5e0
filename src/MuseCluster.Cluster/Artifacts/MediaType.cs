using System.Net.Http.Headers;

namespace MuseCluster.Cluster.Artifacts;

/// <summary>What stores take as a content type.</summary>
internal static class MediaType
{
    private const int MaxLength = 100;

    /// <summary>Refuses what is none.</summary>
    /// <param name="contentType">A media type.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static void Check(string contentType)
    {
        if (contentType.Length > MaxLength || !MediaTypeHeaderValue.TryParse(contentType, out _) || !contentType.All(c => c is >= ' ' and <= '~'))
            throw new ArgumentException($"the content type is '{contentType}', expected a media type such as image/png, at most {MaxLength} characters", nameof(contentType));
    }
}
