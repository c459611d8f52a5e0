using MuseCluster.Cluster.Work;

namespace MuseCluster.Silo.Api.Files;

/// <summary>A file, as OpenAI tells it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Bytes">How many.</param>
/// <param name="CreatedAt">When it was added, in seconds since 1970.</param>
/// <param name="Filename">What its tenant calls it.</param>
/// <param name="Purpose">batch or batch_output.</param>
public sealed record FileAnswer(string Id, long Bytes, long CreatedAt, string Filename, string Purpose)
{
    /// <summary>Always <c>file</c>.</summary>
    public string Object => "file";

    /// <summary>Always <c>processed</c>.</summary>
    public string Status => "processed";

    internal static FileAnswer Of(FileRecord file) => new(FileId.Text(file.Id), file.Bytes, file.Created.ToUnixTimeSeconds(), file.Name, file.Purpose);
}

/// <summary>That a file is deleted.</summary>
/// <param name="Id">Its id.</param>
public sealed record FileDeleted(string Id)
{
    /// <summary>Always <c>file</c>.</summary>
    public string Object => "file";

    /// <summary>Always true.</summary>
    public bool Deleted => true;
}

/// <summary>What a file's upload holds, for the API's description.</summary>
/// <param name="File">The file; up to 200 MB.</param>
/// <param name="Purpose">batch.</param>
public sealed record FileBody(Microsoft.AspNetCore.Http.IFormFile File, string Purpose);

/// <summary>How files' ids are written.</summary>
internal static class FileId
{
    private const string Prefix = "file-";

    /// <summary>An id as the API writes it.</summary>
    /// <param name="id">The id.</param>
    public static string Text(Guid id) => $"{Prefix}{id:N}";

    /// <summary>Reads an id.</summary>
    /// <param name="text">The text.</param>
    /// <param name="id">The id.</param>
    /// <returns>False where it is none.</returns>
    public static bool TryParse(string text, out Guid id)
    {
        id = default;
        return text.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParseExact(text.AsSpan(Prefix.Length), "N", out id);
    }
}
