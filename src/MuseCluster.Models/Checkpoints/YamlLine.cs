namespace MuseCluster.Models.Checkpoints;

/// <summary>A line of YAML that says something.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Indent">Spaces before <paramref name="Text"/>.</param>
/// <param name="Text">The line without indentation, comment and trailing blanks.</param>
internal readonly record struct YamlLine(int Number, int Indent, string Text)
{
    /// <summary>Whether the line is an item of a list.</summary>
    public bool IsItem => Text == "-" || Text.StartsWith("- ", StringComparison.Ordinal);

    /// <summary>The lines of a file that are neither blank nor comments.</summary>
    /// <exception cref="CheckpointException">A line is indented by tabs, or a second document starts.</exception>
    public static List<YamlLine> Split(string text, string path)
    {
        var lines = new List<YamlLine>();
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string line = raw[..CommentStart(raw)].TrimEnd();
            string content = line.TrimStart(' ');
            if (content.Length == 0) continue;
            if (content[0] == '\t') throw new CheckpointException(path, null, $"line {number}: is indented by a tab; expected spaces");
            if (content == "---" && lines.Count == 0) continue;
            if (content is "---" or "...") throw new CheckpointException(path, null, $"line {number}: starts another document; expected one");
            lines.Add(new YamlLine(number, line.Length - content.Length, content));
        }

        return lines;
    }

    /// <summary>Where a mapping's key ends, or -1 where the text is not a key and its value.</summary>
    public static int KeyEnd(string text)
    {
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quote != '\0')
            {
                if (c == quote) quote = '\0';
                else if (c == '\\' && quote == '"') i++;
            }
            else if (i == 0 && c is '\'' or '"')
            {
                quote = c;
            }
            else if (i == 0 && c is '[' or '{')
            {
                return -1;
            }
            else if (c == ':' && (i + 1 == text.Length || text[i + 1] == ' '))
            {
                return i;
            }
        }

        return -1;
    }

    private static int CommentStart(string line)
    {
        char quote = '\0', before = ' ';
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quote != '\0')
            {
                if (c == quote) quote = '\0';
                else if (c == '\\' && quote == '"') i++;
            }
            else if (c == '#' && (i == 0 || line[i - 1] is ' ' or '\t'))
            {
                return i;
            }
            else if (c is '\'' or '"' && before is ' ' or ':' or '[' or ',' or '{' or '-')
            {
                // Within a word an apostrophe is itself.
                quote = c;
            }

            before = c;
        }

        return line.Length;
    }
}
