namespace MuseCluster.Cli.Terminal;

/// <summary>How many colours a terminal shows.</summary>
internal enum ColorDepth
{
    /// <summary>None, or none that pictures could use.</summary>
    None,

    /// <summary>The 256 of xterm.</summary>
    Indexed,

    /// <summary>24 bits.</summary>
    True,
}

/// <summary>What a stream's other end can show.</summary>
/// <param name="IsTerminal">Whether it is a terminal that understands cursor movements.</param>
/// <param name="Colors">Its colours.</param>
/// <param name="Unicode">Whether it shows more than ASCII.</param>
internal sealed record TerminalKind(bool IsTerminal, ColorDepth Colors, bool Unicode)
{
    private static readonly string[] TrueColorTerminals = ["direct", "truecolor", "kitty", "alacritty", "wezterm", "foot", "ghostty"];

    /// <summary>Looks at the environment as terminals set it.</summary>
    /// <param name="redirected">Whether the stream is a file or pipe.</param>
    /// <param name="environment">Reads a variable.</param>
    public static TerminalKind Detect(bool redirected, Func<string, string?> environment)
    {
        var term = environment("TERM") ?? "";
        var locale = new[] { "LC_ALL", "LC_CTYPE", "LANG" }.Select(environment).FirstOrDefault(v => !string.IsNullOrEmpty(v)) ?? "";
        var unicode = locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("utf8", StringComparison.OrdinalIgnoreCase);
        if (redirected || term is "" or "dumb")
            return new TerminalKind(false, ColorDepth.None, unicode);
        var colors = !string.IsNullOrEmpty(environment("NO_COLOR")) ? ColorDepth.None
            : environment("COLORTERM") is "truecolor" or "24bit" || TrueColorTerminals.Any(term.Contains) ? ColorDepth.True
            : term.Contains("256color", StringComparison.Ordinal) ? ColorDepth.Indexed
            : ColorDepth.None;
        return new TerminalKind(true, colors, unicode);
    }

    /// <summary>The terminal's width in cells.</summary>
    public static int Width()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
