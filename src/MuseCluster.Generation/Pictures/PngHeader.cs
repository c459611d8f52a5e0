using System.Buffers.Binary;

namespace MuseCluster.Generation.Pictures;

/// <summary>The colour types of IHDR.</summary>
internal enum PngColorType
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    Rgba = 6,
}

/// <summary>The IHDR chunk, checked.</summary>
internal sealed record PngHeader(int Width, int Height, int BitDepth, PngColorType ColorType, bool Interlaced)
{
    public int Channels => ColorType switch
    {
        PngColorType.Rgb => 3,
        PngColorType.GrayAlpha => 2,
        PngColorType.Rgba => 4,
        _ => 1,
    };

    public int BitsPerPixel => Channels * BitDepth;

    /// <summary>Bytes from a pixel to the next for filters, at least 1.</summary>
    public int FilterStep => Math.Max(1, BitsPerPixel / 8);

    public int RowBytes(int width) => (int)((((long)width * BitsPerPixel) + 7) / 8);

    public static PngHeader Read(PngChunk chunk, PngLimits limits)
    {
        var data = chunk.Data.Span;
        if (chunk.Type != "IHDR")
            throw new PngException(chunk.Type, "is the first chunk; expected IHDR.");
        if (data.Length != 13)
            throw Bad($"length is {data.Length}; expected 13.");

        uint width = BinaryPrimitives.ReadUInt32BigEndian(data), height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        if (width is 0 || width > limits.MaxSide)
            throw Bad($"width is {width}; expected 1 to {limits.MaxSide}.");
        if (height is 0 || height > limits.MaxSide)
            throw Bad($"height is {height}; expected 1 to {limits.MaxSide}.");
        if ((long)width * height > limits.MaxPixels)
            throw Bad($"width x height is {(long)width * height}; expected at most {limits.MaxPixels}.");

        int depth = data[8], type = data[9];
        string depths = type switch
        {
            0 => "1, 2, 4, 8 or 16",
            3 => "1, 2, 4 or 8",
            2 or 4 or 6 => "8 or 16",
            _ => throw Bad($"color type is {type}; expected 0, 2, 3, 4 or 6."),
        };
        bool allowed = depth == 8 || (depth == 16 && type != 3) || (depth is 1 or 2 or 4 && type is 0 or 3);
        if (!allowed)
            throw Bad($"bit depth is {depth}; expected {depths} for color type {type}.");
        if (data[10] != 0)
            throw Bad($"compression method is {data[10]}; expected 0.");
        if (data[11] != 0)
            throw Bad($"filter method is {data[11]}; expected 0.");
        if (data[12] > 1)
            throw Bad($"interlace method is {data[12]}; expected 0 or 1.");
        return new PngHeader((int)width, (int)height, depth, (PngColorType)type, data[12] == 1);
    }

    private static PngException Bad(string problem) => new("IHDR", problem);
}
