using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MuseCluster.Cluster.Artifacts;

/// <summary>
/// The last <see cref="Bytes"/> bytes of an artifact's file: a line of JSON, filled up with spaces. It is in the same file so
/// that no crash can part it from the content, and at its end so that a viewer of pictures does not mind it.
/// </summary>
/// <param name="MuseArtifact">The format's version.</param>
/// <param name="Length">Bytes before the trailer.</param>
/// <param name="Sha256">Of the bytes before the trailer, in lower-case hexadecimal digits.</param>
/// <param name="ContentType">The artifact's media type.</param>
internal sealed record ArtifactTrailer(int MuseArtifact, long Length, string Sha256, string ContentType)
{
    /// <summary>Bytes of every trailer.</summary>
    public const int Bytes = 512;

    private const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>A trailer of what was written before it.</summary>
    /// <param name="length">Bytes.</param>
    /// <param name="sha256">Their SHA-256.</param>
    /// <param name="contentType">Their media type.</param>
    public static byte[] Write(long length, string sha256, string contentType)
    {
        var trailer = new byte[Bytes];
        trailer.AsSpan().Fill((byte)' ');
        trailer[0] = trailer[^1] = (byte)'\n';
        JsonSerializer.SerializeToUtf8Bytes(new ArtifactTrailer(CurrentVersion, length, sha256, contentType), Json).CopyTo(trailer, 1);
        return trailer;
    }

    /// <summary>Reads a file's trailer.</summary>
    /// <param name="file">The file; stands at its start afterwards.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Null where the file does not end with one that fits it.</returns>
    public static async Task<ArtifactTrailer?> ReadAsync(FileStream file, CancellationToken cancellation)
    {
        var (length, bytes) = (file.Length - Bytes, new byte[Bytes]);
        if (length < 0)
            return null;
        file.Position = length;
        await file.ReadExactlyAsync(bytes, cancellation).ConfigureAwait(false);
        file.Position = 0;
        return Parse(bytes, length);
    }

    /// <summary>The content of a file that was read whole; all of it where no trailer ends it.</summary>
    /// <param name="file">The file's bytes.</param>
    public static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> file) =>
        file.Length >= Bytes && Parse(file[^Bytes..], file.Length - Bytes) is not null ? file[..^Bytes] : file;

    private static ArtifactTrailer? Parse(ReadOnlySpan<byte> bytes, long length)
    {
        try
        {
            return JsonSerializer.Deserialize<ArtifactTrailer>(bytes, Json) is { MuseArtifact: CurrentVersion } trailer && trailer.Length == length ? trailer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
