using System.Text.RegularExpressions;
using Azure.Storage.Blobs;

namespace MuseCluster.Cluster.Artifacts;

/// <summary>Opens the artifact store that a setting names.</summary>
public static partial class ArtifactStores
{
    /// <summary>The container of a connection string that does not say.</summary>
    public const string DefaultContainer = "muse";

    /// <summary>What settings may be.</summary>
    public const string Expected =
        "a folder, an Azure Storage connection string (UseDevelopmentStorage=true, or DefaultEndpointsProtocol=... with AccountName and AccountKey) "
        + "that may end with ;Container=NAME, or a container's URL with a shared access signature";

    // What Azure's connection strings are made of.
    private static readonly string[] ConnectionKeys =
        ["UseDevelopmentStorage", "DefaultEndpointsProtocol", "AccountName", "AccountKey", "BlobEndpoint", "EndpointSuffix", "SharedAccessSignature"];

    /// <summary>Opens a store; <see cref="IArtifactStore.PrepareAsync"/> tells whether it is there.</summary>
    /// <param name="setting">See <see cref="Expected"/>.</param>
    /// <returns>The store.</returns>
    /// <exception cref="ArgumentException">The setting is none; the message says what is expected, and repeats no secret.</exception>
    public static IArtifactStore Open(string setting)
    {
        var text = setting.Trim();
        if (text.Length == 0)
            throw Wrong("is empty");
        if (text.Split(';').Any(part => ConnectionKeys.Contains(part.Split('=')[0].Trim(), StringComparer.OrdinalIgnoreCase)))
            return OfConnection(text);
        if (text.Contains("://", StringComparison.Ordinal))
            return OfUrl(text);
        if (text.Contains('\0') || File.Exists(text))
            throw Wrong($"is '{text}', which is no folder");
        return new FolderArtifacts(text);
    }

    private static BlobArtifacts OfConnection(string text)
    {
        var parts = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToLookup(p => p.StartsWith("Container=", StringComparison.OrdinalIgnoreCase));
        var containers = parts[true].Select(p => p[(p.IndexOf('=') + 1)..]).DefaultIfEmpty(DefaultContainer).ToList();
        if (containers is not [var container] || !IsContainer().IsMatch(container))
            throw Wrong($"names the container '{string.Join("', '", containers)}', expected one name of 3 to 63 lower-case letters, digits and single '-' between them");
        try
        {
            return new BlobArtifacts(string.Join(';', parts[false]), container);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            // The inner message quotes no values.
            throw Wrong($"is no connection string: {e.Message.Split('\n')[0].TrimEnd('\r', '.')}", e);
        }
    }

    private static BlobArtifacts OfUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw Wrong("has '://' but is no http or https URL");
        try
        {
            var parts = new BlobUriBuilder(url);
            if (!IsContainer().IsMatch(parts.BlobContainerName) || parts.BlobName.Length > 0)
                throw Wrong($"is a URL whose path is '{url.AbsolutePath}', expected the path of a container");
            if (string.IsNullOrEmpty(parts.Sas?.Signature))
                throw Wrong("is a URL without a shared access signature (?sv=...&sig=...)");
        }
        catch (Exception e) when (e is FormatException)
        {
            throw Wrong("is a URL whose shared access signature cannot be read", e);
        }
        return new BlobArtifacts(url);
    }

    private static ArgumentException Wrong(string problem, Exception? inner = null) => new($"the artifact store {problem}; expected {Expected}", inner);

    [GeneratedRegex(@"^(?=.{3,63}\z)[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex IsContainer();
}
