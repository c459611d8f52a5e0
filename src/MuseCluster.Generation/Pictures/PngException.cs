namespace MuseCluster.Generation.Pictures;

/// <summary>A PNG file is malformed, or exceeds the limits it is read under.</summary>
public sealed class PngException : FormatException
{
    /// <summary>Names what is wrong and where.</summary>
    /// <param name="chunk">The chunk's four letters, or "signature" or "file".</param>
    /// <param name="problem">What was found and what was expected.</param>
    /// <param name="innerException">The cause, if another component noticed it.</param>
    public PngException(string chunk, string problem, Exception? innerException = null)
        : base($"PNG {chunk}: {problem}", innerException) => Chunk = chunk;

    /// <summary>The chunk's four letters, or "signature" or "file".</summary>
    public string Chunk { get; }
}
