using System.IO.Compression;
using System.Text;

namespace MuseCluster.Generation.Pictures;

/// <summary>Reads text chunks, within a budget of decompressed bytes for the whole file.</summary>
internal sealed class PngTextReader(int maxBytes)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private int _spent;

    public static bool IsKeyword(string keyword) =>
        keyword.Length is > 0 and < 80
        && keyword[0] != ' ' && keyword[^1] != ' '
        && !keyword.Contains("  ", StringComparison.Ordinal)
        && keyword.All(c => c is >= ' ' and <= '~' or > '\u00A0' and <= '\u00FF');

    public PngText Read(PngChunk chunk)
    {
        var rest = chunk.Data;
        string keyword = Encoding.Latin1.GetString(TakeString(chunk, ref rest, "keyword").Span);
        if (!IsKeyword(keyword))
            throw new PngException(chunk.Type, "the keyword is not of 1 to 79 printable Latin-1 characters without stray spaces.");

        switch (chunk.Type)
        {
            case "tEXt":
                return new PngText(keyword, Encoding.Latin1.GetString(Spend(chunk, rest).Span));

            case "zTXt":
                CheckMethod(chunk, TakeByte(chunk, ref rest, "compression method"));
                return new PngText(keyword, Encoding.Latin1.GetString(Inflate(chunk, rest)));

            default:
                byte flag = TakeByte(chunk, ref rest, "compression flag");
                byte method = TakeByte(chunk, ref rest, "compression method");
                if (flag > 1)
                    throw new PngException(chunk.Type, $"compression flag is {flag}; expected 0 or 1.");
                if (flag == 1)
                    CheckMethod(chunk, method);
                TakeString(chunk, ref rest, "language tag");
                TakeString(chunk, ref rest, "translated keyword");
                return new PngText(keyword, DecodeUtf8(chunk, flag == 1 ? Inflate(chunk, rest) : Spend(chunk, rest).Span));
        }
    }

    private static string DecodeUtf8(PngChunk chunk, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException invalid)
        {
            throw new PngException(chunk.Type, "the text is not UTF-8.", invalid);
        }
    }

    private static void CheckMethod(PngChunk chunk, byte method)
    {
        if (method != 0)
            throw new PngException(chunk.Type, $"compression method is {method}; expected 0.");
    }

    private static ReadOnlyMemory<byte> TakeString(PngChunk chunk, ref ReadOnlyMemory<byte> rest, string field)
    {
        int end = rest.Span.IndexOf((byte)0);
        if (end < 0)
            throw new PngException(chunk.Type, $"the {field} does not end; expected a NUL byte.");
        var taken = rest[..end];
        rest = rest[(end + 1)..];
        return taken;
    }

    private static byte TakeByte(PngChunk chunk, ref ReadOnlyMemory<byte> rest, string field)
    {
        if (rest.IsEmpty)
            throw new PngException(chunk.Type, $"ends before its {field}.");
        byte taken = rest.Span[0];
        rest = rest[1..];
        return taken;
    }

    private ReadOnlyMemory<byte> Spend(PngChunk chunk, ReadOnlyMemory<byte> text)
    {
        _spent += text.Length;
        return _spent <= maxBytes ? text : throw TooLong(chunk);
    }

    private byte[] Inflate(PngChunk chunk, ReadOnlyMemory<byte> compressed)
    {
        using var text = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
            int read;
            while ((read = zlib.Read(buffer)) > 0)
            {
                _spent += read;
                if (_spent > maxBytes)
                    throw TooLong(chunk);
                text.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException invalid)
        {
            throw new PngException(chunk.Type, "the text is not a valid zlib stream.", invalid);
        }

        byte[] bytes = text.ToArray();
        PngDecoder.CheckAdler(chunk.Type, compressed.Span, PngChecksum.Adler(1, bytes));
        return bytes;
    }

    private PngException TooLong(PngChunk chunk) => new(chunk.Type, $"the file's texts exceed {maxBytes} bytes.");
}
