using System.Globalization;
using System.Text;
using MuseCluster.Models.Tokenizers.SentencePiece;

namespace MuseCluster.Models.Tokenizers.TokenizerJson;

/// <summary>
/// Cuts added tokens out of a text: leftmost first, at one place the longest, with the white space and word rules of
/// each (<c>AddedVocabulary::find_matches</c> in added_vocabulary.rs).
/// </summary>
internal sealed class AddedTokenSplitter
{
    private readonly List<AddedToken> _tokens;
    private readonly ByteTrie _trie;

    /// <summary>Prepares the search.</summary>
    /// <param name="tokens">The tokens to look for, each with the bytes to look for; those without bytes are left out.</param>
    public AddedTokenSplitter(IEnumerable<(AddedToken Token, byte[] Pattern)> tokens)
    {
        var found = tokens.Where(entry => entry.Pattern.Length > 0).ToList();
        _tokens = [.. found.Select(entry => entry.Token)];
        _trie = new ByteTrie(found.Select((entry, i) => KeyValuePair.Create((ReadOnlyMemory<byte>)entry.Pattern, i)));
    }

    /// <summary>Receives a stretch of text: an added token, or text between tokens where <paramref name="token"/> is null.</summary>
    public delegate void Visitor(ReadOnlySpan<byte> text, int start, AddedToken? token);

    /// <summary>Visits the stretches of <paramref name="text"/> in reading order; none is empty.</summary>
    public void Split(ReadOnlySpan<byte> text, Visitor visit)
    {
        var done = 0;
        for (var at = 0; at < text.Length && !_trie.IsEmpty;)
        {
            var length = _trie.LongestPrefix(text[at..], out var index);
            if (length == 0)
            {
                at++;
                continue;
            }

            var token = _tokens[index];
            var (start, end) = (at, at + length);
            at = end;
            if (token.SingleWord && (EndsWithWord(text[..start]) || StartsWithWord(text[end..])))
                continue;
            if (token.StripsLeft)
                start = done + TrimmedEnd(text[done..start]);
            if (token.StripsRight)
                end += TrimmedStart(text[end..]);
            if (done < start)
                visit(text[done..start], done, null);
            visit(text[start..end], start, token);
            done = at = end;
        }

        if (done < text.Length)
            visit(text[done..], done, null);
    }

    /// <summary>The length of the white space at the start.</summary>
    internal static int TrimmedStart(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (at < text.Length)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var used);
            if (!Rune.IsWhiteSpace(rune))
                break;
            at += used;
        }

        return at;
    }

    /// <summary>The length without the white space at the end.</summary>
    internal static int TrimmedEnd(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            Rune.DecodeLastFromUtf8(text, out var rune, out var used);
            if (!Rune.IsWhiteSpace(rune))
                break;
            text = text[..^used];
        }

        return text.Length;
    }

    private static bool EndsWithWord(ReadOnlySpan<byte> text)
    {
        Rune.DecodeLastFromUtf8(text, out var rune, out _);
        return !text.IsEmpty && IsWord(rune);
    }

    private static bool StartsWithWord(ReadOnlySpan<byte> text)
    {
        Rune.DecodeFromUtf8(text, out var rune, out _);
        return !text.IsEmpty && IsWord(rune);
    }

    // \w of Unicode regular expressions (UTS 18, annex C), but for the two join controls.
    private static bool IsWord(Rune rune) => Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.EnclosingMark or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;
}
