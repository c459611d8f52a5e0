using System.Runtime.CompilerServices;
using MuseCluster.Generation.Pictures;

namespace MuseCluster.Training.ShapesWorld;

/// <summary>
/// Draws scenes, anti-aliased, from the same description at any resolution. Each pixel row is cut into eight scan lines;
/// a line covers each pixel by the exact length of its span there.
/// </summary>
public static class SceneRenderer
{
    private const int Lines = 8;
    private const int LargestSize = 4096;

    /// <summary>Draws a scene into bytes.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="size">The side of the picture in pixels, 1 to 4096.</param>
    /// <param name="rgb">Receives size x size x 3 bytes, row-major.</param>
    /// <exception cref="ArgumentException"><paramref name="rgb"/> has another length.</exception>
    public static void Render(Scene scene, int size, Span<byte> rgb)
    {
        Check(scene, size, rgb.Length, nameof(rgb));
        Draw(scene, size, new ByteCanvas(size, rgb));
    }

    /// <summary>Draws a scene into planes of floats: byte value / 127.5 - 1, of the very bytes of the other overload.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="size">The side of the picture in pixels, 1 to 4096.</param>
    /// <param name="planes">Receives 3 x size x size floats in [-1, 1].</param>
    /// <exception cref="ArgumentException"><paramref name="planes"/> has another length.</exception>
    public static void Render(Scene scene, int size, Span<float> planes)
    {
        Check(scene, size, planes.Length, nameof(planes));
        Draw(scene, size, new PlanarCanvas(size, planes));
    }

    /// <summary>Draws a scene as a picture.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="size">The side of the picture in pixels, 1 to 4096.</param>
    public static Picture Render(Scene scene, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargestSize);
        var pixels = new byte[size * size * 3];
        Render(scene, size, pixels.AsSpan());
        return new Picture(size, size, pixels);
    }

    private static void Check(Scene scene, int size, int length, string parameter)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargestSize);
        if (length != size * size * 3)
            throw new ArgumentException($"A {size}x{size} picture has {size * size * 3} values, not {length}.", parameter);
    }

    [SkipLocalsInit]
    private static void Draw<TCanvas>(Scene scene, int size, TCanvas canvas)
        where TCanvas : ISceneCanvas, allows ref struct
    {
        canvas.Fill(scene.Background.Rgb());

        // Per pixel of a row: what lines cover it in part, and how many more lines cover it wholly than the pixel before.
        // Every row clears what it uses.
        Span<float> partial = stackalloc float[LargestSize + 2];
        Span<int> steps = stackalloc int[LargestSize + 2];
        for (int i = 0; i < scene.Objects.Count; i++)
            Draw(scene.Objects[i], size, canvas, partial[..(size + 2)], steps[..(size + 2)]);
    }

    private static void Draw<TCanvas>(SceneObject item, int size, TCanvas canvas, Span<float> partial, Span<int> steps)
        where TCanvas : ISceneCanvas, allows ref struct
    {
        double x = item.X * size, y = item.Y * size, r = item.HalfExtent * size;
        int left = Math.Clamp((int)Math.Floor(x - r), 0, size), right = Math.Clamp((int)Math.Ceiling(x + r), 0, size);
        int top = Math.Clamp((int)Math.Floor(y - r), 0, size), bottom = Math.Clamp((int)Math.Ceiling(y + r), 0, size);
        var color = item.Color.Rgb();

        for (int row = top; row < bottom; row++)
        {
            partial[left..(right + 2)].Clear();
            steps[left..(right + 2)].Clear();
            for (int line = 0; line < Lines; line++)
            {
                var span = ShapeSpan.At(item.Shape, r, row + ((line + 0.5) / Lines) - y);
                if (span.Outer < 0)
                    continue;
                if (span.Inner > 0)
                {
                    Add(x - span.Outer, x - span.Inner, size, partial, steps);
                    Add(x + span.Inner, x + span.Outer, size, partial, steps);
                }
                else
                {
                    Add(x - span.Outer, x + span.Outer, size, partial, steps);
                }
            }

            Cover(row, left, right, color, canvas, partial, steps);
        }
    }

    /// <summary>Adds the line segment [from, to], in pixels, to a row's coverage.</summary>
    private static void Add(double from, double to, int size, Span<float> partial, Span<int> steps)
    {
        from = Math.Max(from, 0);
        to = Math.Min(to, size);
        if (to <= from)
            return;

        int first = (int)from, last = (int)to;
        if (first == last)
        {
            partial[first] += (float)(to - from);
            return;
        }

        partial[first] += (float)(first + 1 - from);
        steps[first + 1]++;
        steps[last]--;
        partial[last] += (float)(to - last);
    }

    private static void Cover<TCanvas>(
        int row, int left, int right, Rgb color, TCanvas canvas, ReadOnlySpan<float> partial, ReadOnlySpan<int> steps)
        where TCanvas : ISceneCanvas, allows ref struct
    {
        const float Full = Lines - 0.001f;
        int whole = 0;
        for (int column = left; column < right; column++)
        {
            whole += steps[column];
            float lines = whole + partial[column];
            if (lines >= Full)
            {
                int end = column + 1;
                while (end < right && steps[end] == 0 && partial[end] + whole >= Full)
                    end++;
                canvas.Cover(row, column, end, color);
                column = end - 1;
            }
            else if (lines > 0.001f)
            {
                canvas.Blend(row, column, color, lines / Lines);
            }
        }
    }
}
