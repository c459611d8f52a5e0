using System.Text;

namespace MuseCluster.Models.Tokenizers.Unicode;

/// <summary>Normalization form C of Unicode (UAX 15): characters taken apart, marks put in order, and put together again.</summary>
internal static class CanonicalComposition
{
    // Below it everything is in this form already (UAX 15, quick check).
    private const char FirstToChange = '\u0300';
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Trails = 28;

    /// <summary>Normalises a text.</summary>
    /// <param name="text">Any text; a surrogate without its partner reads as U+FFFD.</param>
    /// <returns>The text in form C.</returns>
    public static string Normalize(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstToChange, char.MaxValue)) return text;
        var codes = new List<int>(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) Decompose(rune.Value, codes);
        Order(codes);
        var result = new StringBuilder(text.Length);
        foreach (int code in Compose(codes)) result.Append(new Rune(code).ToString());
        return result.ToString();
    }

    private static void Decompose(int code, List<int> codes)
    {
        int syllable = code - HangulBase;
        if (syllable is >= 0 and < Leads * Vowels * Trails)
        {
            codes.Add(LeadBase + (syllable / (Vowels * Trails)));
            codes.Add(VowelBase + (syllable / Trails % Vowels));
            if (syllable % Trails != 0) codes.Add(TrailBase + (syllable % Trails));
        }
        else if (CanonicalData.Instance.Decomposition(code) is { } parts)
        {
            foreach (int part in parts) Decompose(part, codes);
        }
        else
        {
            codes.Add(code);
        }
    }

    /// <summary>Sorts every run of marks by class, those of one class as they stood.</summary>
    private static void Order(List<int> codes)
    {
        for (int start = 0; start < codes.Count; start++)
        {
            int end = start;
            while (end < codes.Count && CanonicalData.Instance.CombiningClass(codes[end]) != 0) end++;
            if (end - start > 1)
            {
                int[] ordered = [.. codes[start..end].OrderBy(CanonicalData.Instance.CombiningClass)];
                for (int i = 0; i < ordered.Length; i++) codes[start + i] = ordered[i];
            }

            start = end;
        }
    }

    private static List<int> Compose(List<int> codes)
    {
        var composed = new List<int>(codes.Count);
        // The class of what was last put behind the starter; below every class where nothing was.
        int starter = -1, last = -1;
        foreach (int code in codes)
        {
            int mark = CanonicalData.Instance.CombiningClass(code);
            // A mark of the same class or a higher one between the two keeps them apart, as does anything before a starter.
            if (starter >= 0 && last < mark && TryCompose(composed[starter], code, out int whole))
            {
                composed[starter] = whole;
                continue;
            }

            if (mark == 0) starter = composed.Count;
            last = mark == 0 ? -1 : mark;
            composed.Add(code);
        }

        return composed;
    }

    private static bool TryCompose(int first, int second, out int whole)
    {
        if (first - LeadBase is >= 0 and < Leads && second - VowelBase is >= 0 and < Vowels)
        {
            whole = HangulBase + ((((first - LeadBase) * Vowels) + (second - VowelBase)) * Trails);
            return true;
        }

        if (first - HangulBase is var syllable and >= 0 and < Leads * Vowels * Trails && syllable % Trails == 0
            && second - TrailBase is > 0 and < Trails)
        {
            whole = first + (second - TrailBase);
            return true;
        }

        return CanonicalData.Instance.TryCompose(first, second, out whole);
    }
}
