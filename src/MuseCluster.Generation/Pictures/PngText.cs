namespace MuseCluster.Generation.Pictures;

/// <summary>A text that a PNG file carries.</summary>
/// <param name="Keyword">
/// What the text is: 1 to 79 printable Latin-1 characters without leading, trailing or double spaces. The specification
/// registers "Title", "Author", "Description", "Software", "Comment" and others.
/// </param>
/// <param name="Text">The text; any characters but NUL.</param>
public sealed record PngText(string Keyword, string Text);
