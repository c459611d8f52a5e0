namespace MuseCluster.Generation.Pictures;

/// <summary>A colour of 8 bits per channel, as sRGB stores it.</summary>
/// <param name="R">Red, 0 to 255.</param>
/// <param name="G">Green, 0 to 255.</param>
/// <param name="B">Blue, 0 to 255.</param>
public readonly record struct Rgb(byte R, byte G, byte B)
{
    /// <summary>The squared Euclidean distance between two colours, 0 to 195,075.</summary>
    /// <param name="other">The colour to compare with.</param>
    public int DistanceSquared(Rgb other)
    {
        int r = R - other.R, g = G - other.G, b = B - other.B;
        return (r * r) + (g * g) + (b * b);
    }
}
