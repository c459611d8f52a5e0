using System.Buffers.Binary;

namespace MuseCluster.Generation.Pictures;

/// <summary>Turns rows of samples, of any colour type and depth, into 8-bit RGB and alpha.</summary>
internal sealed class PngPixels
{
    private readonly PngHeader _header;
    private readonly byte[] _palette;
    private readonly byte[] _paletteAlpha;
    private readonly int[]? _transparent;
    private readonly byte[] _pixels;

    /// <summary>Takes the memory of the picture.</summary>
    /// <param name="header">The checked header.</param>
    /// <param name="palette">PLTE: three bytes per entry; empty without.</param>
    /// <param name="transparency">tRNS: alpha per palette entry, or the one transparent colour; null without.</param>
    public PngPixels(PngHeader header, byte[] palette, byte[]? transparency)
    {
        (_header, _palette, _paletteAlpha) = (header, palette, []);
        if (transparency is not null && header.ColorType == PngColorType.Palette)
            _paletteAlpha = transparency;
        else if (transparency is not null)
            _transparent = [.. Enumerable.Range(0, header.Channels).Select(i => (int)BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(2 * i)))];

        int area = header.Width * header.Height;
        _pixels = new byte[area * 3];
        if (transparency is not null || header.ColorType is PngColorType.GrayAlpha or PngColorType.Rgba)
            Alpha = new byte[area];
    }

    public byte[]? Alpha { get; }

    public Picture ToPicture() => new(_header.Width, _header.Height, _pixels);

    /// <summary>Writes one unfiltered row of a pass into the picture.</summary>
    public void WriteRow(ReadOnlySpan<byte> row, PngPass pass, int passRow)
    {
        int columns = pass.Columns(_header.Width);
        int at = ((pass.Y + (passRow * pass.StepY)) * _header.Width) + pass.X;
        if (_header is { ColorType: PngColorType.Rgb, BitDepth: 8 } && pass.StepX == 1 && _transparent is null)
        {
            row.CopyTo(_pixels.AsSpan(at * 3));
            return;
        }

        for (int column = 0; column < columns; column++, at += pass.StepX)
            WritePixel(row, column * _header.Channels, at);
    }

    private void WritePixel(ReadOnlySpan<byte> row, int index, int at)
    {
        int first = Sample(row, index);
        var pixel = _pixels.AsSpan(at * 3, 3);
        switch (_header.ColorType)
        {
            case PngColorType.Palette:
                if (first * 3 >= _palette.Length)
                    throw new PngException("IDAT", $"palette index is {first}; expected 0 to {(_palette.Length / 3) - 1}.");
                _palette.AsSpan(first * 3, 3).CopyTo(pixel);
                if (Alpha is not null)
                    Alpha[at] = first < _paletteAlpha.Length ? _paletteAlpha[first] : (byte)255;
                break;

            case PngColorType.Gray or PngColorType.GrayAlpha:
                pixel.Fill(ToByte(first));
                if (Alpha is not null)
                    Alpha[at] = _transparent is null ? ToByte(Sample(row, index + 1)) : (byte)(first == _transparent[0] ? 0 : 255);
                break;

            default:
                int green = Sample(row, index + 1), blue = Sample(row, index + 2);
                (pixel[0], pixel[1], pixel[2]) = (ToByte(first), ToByte(green), ToByte(blue));
                if (Alpha is not null)
                {
                    Alpha[at] = _transparent is null
                        ? ToByte(Sample(row, index + 3))
                        : (byte)(first == _transparent[0] && green == _transparent[1] && blue == _transparent[2] ? 0 : 255);
                }

                break;
        }
    }

    private int Sample(ReadOnlySpan<byte> row, int index)
    {
        int depth = _header.BitDepth;
        if (depth == 8)
            return row[index];
        if (depth == 16)
            return BinaryPrimitives.ReadUInt16BigEndian(row[(2 * index)..]);
        int bit = index * depth;
        return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }

    private byte ToByte(int sample)
    {
        int greatest = (1 << _header.BitDepth) - 1;
        return (byte)(((sample * 255) + (greatest / 2)) / greatest);
    }
}
