using System.Buffers.Binary;
using System.IO.Compression;

namespace MuseCluster.Generation.Pictures;

/// <summary>Reads one file: first its chunks, in the order they must have, then the image data row by row.</summary>
internal sealed class PngDecoder(ReadOnlyMemory<byte> file, PngLimits limits)
{
    // Deflate cannot pack more than 258 bytes into two bits.
    private const int GreatestDeflateRatio = 1032;

    private readonly List<ReadOnlyMemory<byte>> _imageData = [];
    private readonly List<PngText> _texts = [];
    private readonly PngTextReader _textReader = new(limits.MaxTextBytes);
    private byte[]? _palette;
    private byte[]? _transparency;

    public PngImage Decode()
    {
        if (!file.Span.StartsWith(PngEncoder.Signature))
            throw new PngException("signature", "the file does not start with the eight bytes of a PNG file.");

        int position = PngEncoder.Signature.Length;
        var header = PngHeader.Read(PngChunk.Read(file, ref position), limits);
        string previous = "IHDR";
        PngChunk chunk;
        while ((chunk = PngChunk.Read(file, ref position)).Type != "IEND")
        {
            ReadChunk(header, chunk, previous);
            previous = chunk.Type;
        }

        if (!chunk.Data.IsEmpty)
            throw new PngException("IEND", $"length is {chunk.Data.Length}; expected 0.");
        if (_imageData.Count == 0)
            throw new PngException("IDAT", "is missing.");
        if (header.ColorType == PngColorType.Palette && _palette is null)
            throw new PngException("PLTE", "is missing; color type 3 needs it.");

        var pixels = ReadPixels(header);
        return new PngImage(pixels.ToPicture(), pixels.Alpha, _texts);
    }

    /// <summary>Compares the checksum at the end of a zlib stream, which .NET's inflater skips where the stream is cut short.</summary>
    internal static void CheckAdler(string chunk, ReadOnlySpan<byte> zlib, uint computed)
    {
        if (zlib.Length < 6)
            throw new PngException(chunk, $"the zlib stream has {zlib.Length} bytes; expected at least 6.");
        uint stored = BinaryPrimitives.ReadUInt32BigEndian(zlib[^4..]);
        if (stored != computed)
            throw new PngException(chunk, $"Adler-32 is {stored:X8}; expected {computed:X8}.");
    }

    private void ReadChunk(PngHeader header, PngChunk chunk, string previous)
    {
        switch (chunk.Type)
        {
            case "IDAT":
                if (_imageData.Count > 0 && previous != "IDAT")
                    throw new PngException("IDAT", $"follows {previous}; expected all IDAT chunks in a row.");
                _imageData.Add(chunk.Data);
                break;

            case "PLTE":
                ReadPalette(header, chunk);
                break;

            case "tRNS":
                ReadTransparency(header, chunk);
                break;

            case "tEXt" or "zTXt" or "iTXt":
                _texts.Add(_textReader.Read(chunk));
                break;

            case "IHDR":
                throw new PngException("IHDR", "appears twice.");

            default:
                if (chunk.IsCritical)
                    throw new PngException(chunk.Type, "is a critical chunk that PNG does not define.");
                break;
        }
    }

    private void ReadPalette(PngHeader header, PngChunk chunk)
    {
        int entries = chunk.Data.Length / 3;
        int most = header.ColorType == PngColorType.Palette ? 1 << header.BitDepth : 256;
        if (_palette is not null)
            throw new PngException("PLTE", "appears twice.");
        if (_imageData.Count > 0)
            throw new PngException("PLTE", "follows IDAT; expected it before.");
        if (header.ColorType is PngColorType.Gray or PngColorType.GrayAlpha)
            throw new PngException("PLTE", $"appears with color type {(int)header.ColorType}, which has no palette.");
        if (chunk.Data.Length % 3 != 0 || entries == 0 || entries > most)
            throw new PngException("PLTE", $"length is {chunk.Data.Length}; expected 3 bytes for each of 1 to {most} entries.");
        _palette = chunk.Data.ToArray();
    }

    private void ReadTransparency(PngHeader header, PngChunk chunk)
    {
        int length = chunk.Data.Length;
        if (_transparency is not null)
            throw new PngException("tRNS", "appears twice.");
        if (_imageData.Count > 0)
            throw new PngException("tRNS", "follows IDAT; expected it before.");

        switch (header.ColorType)
        {
            case PngColorType.GrayAlpha or PngColorType.Rgba:
                throw new PngException("tRNS", $"appears with color type {(int)header.ColorType}, which has alpha already.");
            case PngColorType.Palette when _palette is null:
                throw new PngException("tRNS", "precedes PLTE; expected it behind.");
            case PngColorType.Palette when length > _palette!.Length / 3:
                throw new PngException("tRNS", $"length is {length}; expected at most the palette's {_palette.Length / 3} entries.");
            case PngColorType.Gray or PngColorType.Rgb when length != 2 * header.Channels:
                throw new PngException("tRNS", $"length is {length}; expected {2 * header.Channels}.");
        }

        _transparency = chunk.Data.ToArray();
    }

    private PngPixels ReadPixels(PngHeader header)
    {
        long packed = _imageData.Sum(part => (long)part.Length);
        long unpacked = PngPass.Of(header).Sum(pass => (long)pass.Rows(header.Height) * (1 + header.RowBytes(pass.Columns(header.Width))));
        if (unpacked / GreatestDeflateRatio > packed)
            throw new PngException("IDAT", $"{packed} bytes cannot hold the {unpacked} of a {header.Width}x{header.Height} picture.");

        var data = new byte[packed];
        int at = 0;
        foreach (var part in _imageData)
        {
            part.Span.CopyTo(data.AsSpan(at));
            at += part.Length;
        }

        try
        {
            return ReadPixels(header, data);
        }
        catch (InvalidDataException invalid)
        {
            throw new PngException("IDAT", "the image data is not a valid zlib stream.", invalid);
        }
    }

    private PngPixels ReadPixels(PngHeader header, byte[] data)
    {
        var pixels = new PngPixels(header, _palette ?? [], _transparency);
        using var zlib = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress);
        uint adler = 1;
        foreach (var pass in PngPass.Of(header))
        {
            int length = header.RowBytes(pass.Columns(header.Width));
            byte[] row = new byte[length + 1], above = new byte[length + 1];
            for (int y = 0; y < pass.Rows(header.Height); y++)
            {
                int read = zlib.ReadAtLeast(row, row.Length, throwOnEndOfStream: false);
                if (read < row.Length)
                    throw new PngException("IDAT", $"the image data ends in row {y} of {pass.Rows(header.Height)}.");
                if (row[0] >= PngFilter.Count)
                    throw new PngException("IDAT", $"row {y} has filter {row[0]}; expected 0 to {PngFilter.Count - 1}.");

                adler = PngChecksum.Adler(adler, row);
                PngFilter.Undo(row[0], row.AsSpan(1), above.AsSpan(1), header.FilterStep);
                pixels.WriteRow(row.AsSpan(1), pass, y);
                (row, above) = (above, row);
            }
        }

        if (zlib.ReadByte() >= 0)
            throw new PngException("IDAT", "the image data goes on behind the last row.");
        CheckAdler("IDAT", data, adler);
        return pixels;
    }
}
