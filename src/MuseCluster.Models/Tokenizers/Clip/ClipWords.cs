using System.Globalization;
using System.Text;

namespace MuseCluster.Models.Tokenizers.Clip;

/// <summary>
/// Cuts a cleaned text into words: special tokens, English contractions, runs of letters, single digits, and runs of anything
/// else but spaces (the pattern of <c>CLIPTokenizer</c> in transformers' <c>models/clip/tokenization_clip.py</c>).
/// </summary>
internal static class ClipWords
{
    /// <summary>The begin of a text.</summary>
    public const string Begin = "<|startoftext|>";

    /// <summary>The end of a text.</summary>
    public const string End = "<|endoftext|>";

    // In the pattern's order. It ignores case, and the long s is an s without it.
    private static readonly string[] Fixed =
        [Begin, End, "'s", "'\u017f", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Space,
        Letter,
        Digit,
        Other,
    }

    /// <summary>Cuts a text.</summary>
    /// <param name="text">What <see cref="ClipTextCleaner"/> gave.</param>
    /// <returns>The words in reading order, none of them empty.</returns>
    public static IEnumerable<string> Of(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            int length = LengthAt(text, at, out bool isSpace);
            if (!isSpace) yield return text.Substring(at, length);
            at += length;
        }
    }

    private static int LengthAt(string text, int at, out bool isSpace)
    {
        isSpace = false;
        if (text[at] is '<' or '\'')
            foreach (string word in Fixed)
                if (string.CompareOrdinal(text, at, word, 0, word.Length) == 0)
                    return word.Length;
        Kind kind = KindAt(text, at, out int length);
        isSpace = kind == Kind.Space;
        if (kind is Kind.Space or Kind.Digit) return length;
        int end = at + length;
        while (end < text.Length && KindAt(text, end, out length) == kind) end += length;
        return end - at;
    }

    private static Kind KindAt(string text, int at, out int length)
    {
        Rune.DecodeFromUtf16(text.AsSpan(at), out Rune rune, out length);
        if (Rune.IsWhiteSpace(rune)) return Kind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Digit,
            _ => Kind.Other,
        };
    }
}
