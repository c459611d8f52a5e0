using System.Text;

namespace MuseCluster.Models.Tokenizers;

/// <summary>
/// A tokenizer file does not hold what its format demands. The message shows the text of files without control characters, and
/// shortened; the properties have it as it is.
/// </summary>
public sealed class TokenizerFormatException : FormatException
{
    private const int LongestInMessage = 400;

    /// <summary>Names what is wrong and where.</summary>
    /// <param name="file">The file, or whatever name the caller gave its content.</param>
    /// <param name="field">The field within the file, such as <c>pieces[17].score</c>.</param>
    /// <param name="expected">What should have been there and, where it helps, what was.</param>
    /// <param name="inner">The cause, if another exception brought it to light.</param>
    public TokenizerFormatException(string file, string field, string expected, Exception? inner = null)
        : base($"{file}: {Shown(field)}: expected {Shown(expected)}", inner)
    {
        File = file;
        Field = field;
        Expected = expected;
    }

    /// <summary>The file, or whatever name the caller gave its content.</summary>
    public string File { get; }

    /// <summary>The field within the file, such as <c>pieces[17].score</c>.</summary>
    public string Field { get; }

    /// <summary>What should have been there and, where it helps, what was.</summary>
    public string Expected { get; }

    private static string Shown(string text)
    {
        var shown = new StringBuilder();
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, LongestInMessage)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c)) shown.Append($"\\u{(int)c:x4}");
            else shown.Append(c);
        }

        return text.Length <= LongestInMessage ? shown.ToString() : shown.Append($"... ({text.Length} characters)").ToString();
    }
}
