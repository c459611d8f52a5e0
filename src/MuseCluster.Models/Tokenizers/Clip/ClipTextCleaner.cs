using System.Globalization;
using System.Text;
using MuseCluster.Models.Tokenizers.Unicode;

namespace MuseCluster.Models.Tokenizers.Clip;

/// <summary>
/// Cleans a text as CLIP's tokenizer does before it cuts words (<c>BasicTokenizer</c> of transformers'
/// <c>models/clip/tokenization_clip.py</c>, which serves where the package ftfy is not installed): control characters go, Chinese
/// characters stand alone, canonical composition, lower case, single spaces.
/// </summary>
internal static class ClipTextCleaner
{
    private const int Replacement = 0xFFFD;

    // The blocks of CJK unified and compatibility ideographs that the reference lists.
    private static readonly (int First, int Last)[] Ideographs =
    [
        (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF),
        (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
    ];

    /// <summary>Cleans a text.</summary>
    /// <param name="text">Any text; a surrogate without its partner is dropped.</param>
    /// <returns>Words with one space between any two; no space at either end.</returns>
    public static string Clean(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsSpace(rune)) kept.Append(' ');
            else if (IsIdeograph(rune.Value)) kept.Append(' ').Append(rune.ToString()).Append(' ');
            else if (!IsDropped(rune)) kept.Append(rune.ToString());
        }

        // The words of Python's split: the separators of lines and paragraphs are still there.
        string[] words = CanonicalComposition.Normalize(kept.ToString()).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.Select(LowerCase.Of));
    }

    private static bool IsSpace(Rune rune) =>
        rune.Value is '\t' or '\n' or '\r' || Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator;

    private static bool IsDropped(Rune rune) => rune.Value == Replacement
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static bool IsIdeograph(int code) => code >= Ideographs[1].First && Array.Exists(Ideographs, block => code >= block.First && code <= block.Last);
}
