using MuseCluster.Generation.Pictures;

namespace MuseCluster.Training.ShapesWorld;

/// <summary>What the renderer draws on: one layout of pixels. A type parameter, so that calls are inlined.</summary>
internal interface ISceneCanvas
{
    void Fill(Rgb color);

    /// <summary>Covers the pixels [from, to) of a row with a colour.</summary>
    void Cover(int row, int from, int to, Rgb color);

    /// <summary>Covers a part of one pixel; coverage lies between 0 and 1.</summary>
    void Blend(int row, int column, Rgb color, float coverage);
}

/// <summary>Bytes, row-major, three per pixel.</summary>
internal readonly ref struct ByteCanvas(int size, Span<byte> pixels) : ISceneCanvas
{
    private readonly Span<byte> _pixels = pixels;

    public static byte Mix(byte under, byte over, float coverage) => (byte)(under + (coverage * (over - under)) + 0.5f);

    public void Fill(Rgb color)
    {
        Cover(0, 0, size, color);
        var first = _pixels[..(size * 3)];
        for (int row = 1; row < size; row++)
            first.CopyTo(_pixels[(row * size * 3)..]);
    }

    public void Cover(int row, int from, int to, Rgb color)
    {
        var span = _pixels.Slice(((row * size) + from) * 3, (to - from) * 3);
        for (int i = 0; i + 2 < span.Length; i += 3)
        {
            span[i] = color.R;
            span[i + 1] = color.G;
            span[i + 2] = color.B;
        }
    }

    public void Blend(int row, int column, Rgb color, float coverage)
    {
        var pixel = _pixels.Slice(((row * size) + column) * 3, 3);
        pixel[0] = Mix(pixel[0], color.R, coverage);
        pixel[1] = Mix(pixel[1], color.G, coverage);
        pixel[2] = Mix(pixel[2], color.B, coverage);
    }
}

/// <summary>Floats in [-1, 1], three planes. Mixes by way of bytes, so that both canvases hold the same picture.</summary>
internal readonly ref struct PlanarCanvas(int size, Span<float> planes) : ISceneCanvas
{
    private readonly Span<float> _red = planes[..(size * size)];
    private readonly Span<float> _green = planes.Slice(size * size, size * size);
    private readonly Span<float> _blue = planes.Slice(2 * size * size, size * size);

    public void Fill(Rgb color)
    {
        _red.Fill(PlanarPicture.ToFloat(color.R));
        _green.Fill(PlanarPicture.ToFloat(color.G));
        _blue.Fill(PlanarPicture.ToFloat(color.B));
    }

    public void Cover(int row, int from, int to, Rgb color)
    {
        int at = (row * size) + from, length = to - from;
        _red.Slice(at, length).Fill(PlanarPicture.ToFloat(color.R));
        _green.Slice(at, length).Fill(PlanarPicture.ToFloat(color.G));
        _blue.Slice(at, length).Fill(PlanarPicture.ToFloat(color.B));
    }

    public void Blend(int row, int column, Rgb color, float coverage)
    {
        int at = (row * size) + column;
        Mix(ref _red[at], color.R, coverage);
        Mix(ref _green[at], color.G, coverage);
        Mix(ref _blue[at], color.B, coverage);
    }

    private static void Mix(ref float under, byte over, float coverage) =>
        under = PlanarPicture.ToFloat(ByteCanvas.Mix(PlanarPicture.ToByte(under), over, coverage));
}
