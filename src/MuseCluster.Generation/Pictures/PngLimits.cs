namespace MuseCluster.Generation.Pictures;

/// <summary>What a PNG file may ask of its reader. A file beyond a limit is refused before memory is taken for it.</summary>
public sealed class PngLimits
{
    /// <summary>The limits used where none are given.</summary>
    public static PngLimits Default { get; } = new();

    /// <summary>The greatest width or height, in pixels. Default 8192.</summary>
    public int MaxSide { get; init; } = 8192;

    /// <summary>The greatest width x height, in pixels; each takes 3 bytes, 4 with alpha. Default 16,777,216 (4096 x 4096).</summary>
    public int MaxPixels { get; init; } = 1 << 24;

    /// <summary>The greatest sum of all text chunks once decompressed, in bytes. Default 1 MiB.</summary>
    public int MaxTextBytes { get; init; } = 1 << 20;
}
