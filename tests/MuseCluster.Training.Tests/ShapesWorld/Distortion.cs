using MuseCluster.Generation.Pictures;
using MuseCluster.Training.ShapesWorld;

namespace MuseCluster.Training.Tests.ShapesWorld;

/// <summary>What models do to edges and surfaces, in a controlled way.</summary>
internal static class Distortion
{
    /// <summary>Averages each pixel with its eight neighbours.</summary>
    public static Picture Blur(Picture picture)
    {
        int width = picture.Width, height = picture.Height;
        var from = picture.Pixels;
        var to = new byte[from.Length];
        for (int i = 0; i < to.Length; i++)
        {
            int x = i / 3 % width, y = i / 3 / width, sum = 4;
            for (int dy = -1; dy <= 1; dy++)
            {
                for (int dx = -1; dx <= 1; dx++)
                    sum += from[(((Math.Clamp(y + dy, 0, height - 1) * width) + Math.Clamp(x + dx, 0, width - 1)) * 3) + (i % 3)];
            }

            to[i] = (byte)(sum / 9);
        }

        return new Picture(width, height, to);
    }

    /// <summary>Adds noise of up to an amplitude to every channel.</summary>
    public static Picture Noise(Picture picture, int amplitude, ulong seed)
    {
        var random = new SceneRandom(seed, 0);
        var to = picture.Pixels.ToArray();
        for (int i = 0; i < to.Length; i++)
            to[i] = (byte)Math.Clamp(to[i] + random.Next((2 * amplitude) + 1) - amplitude, 0, 255);
        return new Picture(picture.Width, picture.Height, to);
    }

    /// <summary>Bends rows and columns along waves of an amplitude in pixels, a quarter of the picture long.</summary>
    public static Picture Wobble(Picture picture, double amplitude, ulong seed)
    {
        var random = new SceneRandom(seed, 0);
        double phaseX = random.NextBetween(0, 2 * Math.PI), phaseY = random.NextBetween(0, 2 * Math.PI);
        int width = picture.Width, height = picture.Height;
        var from = picture.Pixels;
        var to = new byte[from.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int fromX = Math.Clamp((int)Math.Round(x + (amplitude * Math.Sin((8 * Math.PI * y / height) + phaseX))), 0, width - 1);
                int fromY = Math.Clamp((int)Math.Round(y + (amplitude * Math.Sin((8 * Math.PI * x / width) + phaseY))), 0, height - 1);
                from.Slice(((fromY * width) + fromX) * 3, 3).CopyTo(to.AsSpan(((y * width) + x) * 3));
            }
        }

        return new Picture(width, height, to);
    }
}
