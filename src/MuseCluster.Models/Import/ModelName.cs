using System.Text;

namespace MuseCluster.Models.Import;

/// <summary>The names that models may have: letters, digits, '-', '_' and '.', at most 100, not starting with '.'.</summary>
public static class ModelName
{
    /// <summary>The longest name, in characters.</summary>
    public const int Longest = 100;

    /// <summary>Whether a text is a name.</summary>
    /// <param name="name">The text.</param>
    public static bool IsValid(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= Longest && name[0] != '.' && name.All(IsAllowed);
    }

    /// <summary>A name like the folder's: what a name may not hold becomes '-'.</summary>
    /// <param name="folder">The folder's path.</param>
    /// <returns>A valid name; <c>model</c> where nothing is left.</returns>
    public static string Of(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var name = new StringBuilder();
        foreach (char c in Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))))
            if (IsAllowed(c))
                name.Append(c);
            else if (name.Length > 0 && name[^1] != '-')
                name.Append('-');
        string trimmed = name.ToString().TrimStart('.', '-').TrimEnd('-');
        return trimmed.Length == 0 ? "model" : trimmed[..Math.Min(trimmed.Length, Longest)];
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
}
