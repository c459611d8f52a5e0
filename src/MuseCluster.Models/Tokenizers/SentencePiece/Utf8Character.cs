namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>How sentencepiece tells characters apart in UTF-8 (<c>string_util</c> in its util.cc and util.h).</summary>
internal static class Utf8Character
{
    /// <summary>U+FFFD, what an invalid byte reads as.</summary>
    public static ReadOnlySpan<byte> Replacement => "\uFFFD"u8;

    /// <summary>U+2581, the visible space.</summary>
    public static ReadOnlySpan<byte> Space => "\u2581"u8;

    /// <summary>The length a first byte announces, whether or not the bytes after it keep the promise.</summary>
    public static int AnnouncedLength(byte first) => first switch
    {
        < 0xC0 => 1,
        < 0xE0 => 2,
        < 0xF0 => 3,
        _ => 4,
    };

    /// <summary>
    /// The length of the valid character at the start of <paramref name="text"/>, or 0 if the bytes there are none:
    /// truncated, overlong, a surrogate, or beyond U+10FFFF.
    /// </summary>
    public static int ValidLength(ReadOnlySpan<byte> text)
    {
        var first = text[0];
        if (first < 0x80)
            return 1;
        if ((first & 0xE0) == 0xC0)
            return text.Length >= 2 && first >= 0xC2 && IsTrail(text[1]) ? 2 : 0;
        if ((first & 0xF0) == 0xE0)
        {
            if (text.Length < 3 || !IsTrail(text[1]) || !IsTrail(text[2]))
                return 0;
            var code = ((first & 0x0F) << 12) | ((text[1] & 0x3F) << 6) | (text[2] & 0x3F);
            return code >= 0x800 && code is < 0xD800 or > 0xDFFF ? 3 : 0;
        }

        if ((first & 0xF8) == 0xF0)
        {
            if (text.Length < 4 || !IsTrail(text[1]) || !IsTrail(text[2]) || !IsTrail(text[3]))
                return 0;
            var code = ((first & 0x07) << 18) | ((text[1] & 0x3F) << 12) | ((text[2] & 0x3F) << 6) | (text[3] & 0x3F);
            return code is >= 0x10000 and <= 0x10FFFF ? 4 : 0;
        }

        return 0;
    }

    private static bool IsTrail(byte value) => (value & 0xC0) == 0x80;
}
