using System.Globalization;
using System.Text;

namespace MuseCluster.Models.Tokenizers.Unicode;

/// <summary>
/// Lower case by Unicode's full mapping, which Python's <c>str.lower</c> uses: beyond a letter for a letter, the dotted I
/// becomes two characters, and sigma at a word's end its final form (Unicode standard, section 3.13 and SpecialCasing.txt).
/// </summary>
internal static class LowerCase
{
    private const int DottedI = 0x130, Sigma = 0x3A3;

    // Marks that stand within words: Word_Break of MidLetter, MidNumLet and Single_Quote (UAX 29).
    private const string WithinWords = "'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a";

    /// <summary>Converts a text.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The text in lower case.</returns>
    public static string Of(string text)
    {
        var result = new StringBuilder(text.Length);
        Rune[] runes = [.. text.EnumerateRunes()];
        for (int i = 0; i < runes.Length; i++)
        {
            switch (runes[i].Value)
            {
                case DottedI:
                    result.Append("i\u0307");
                    break;
                case Sigma:
                    result.Append(FollowsLetter(runes, i) && !PrecedesLetter(runes, i) ? '\u03c2' : '\u03c3');
                    break;
                default:
                    result.Append(Rune.ToLowerInvariant(runes[i]).ToString());
                    break;
            }
        }

        return result.ToString();
    }

    private static bool FollowsLetter(Rune[] runes, int at)
    {
        do at--;
        while (at >= 0 && IsIgnored(runes[at]));
        return at >= 0 && HasCase(runes[at]);
    }

    private static bool PrecedesLetter(Rune[] runes, int at)
    {
        do at++;
        while (at < runes.Length && IsIgnored(runes[at]));
        return at < runes.Length && HasCase(runes[at]);
    }

    private static bool HasCase(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || rune.Value is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9);

    private static bool IsIgnored(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || (rune.IsBmp && WithinWords.Contains((char)rune.Value));
}
