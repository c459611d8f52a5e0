using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace MuseCluster.Cli.Commands;

/// <summary>
/// Makes flags whose errors name the flag, the value and what is expected. Each gives null where the user says nothing,
/// so that a command can tell a default from a choice.
/// </summary>
internal static class Flag
{
    /// <summary>A number within bounds.</summary>
    /// <typeparam name="T">Its type: a whole one makes fractions an error.</typeparam>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="least">The least value.</param>
    /// <param name="most">The greatest value.</param>
    public static Option<T?> Number<T>(string name, string description, T least, T most)
        where T : struct, INumber<T>
    {
        var kind = T.IsInteger(T.One / (T.One + T.One)) ? "a whole number" : "a number";
        var expected = string.Create(CultureInfo.InvariantCulture, $"{kind} from {least} to {most}");
        return Parsed<T?>(name, "N", description, expected, text =>
            T.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowTrailingWhite & ~NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var value)
                && value >= least && value <= most ? value : null);
    }

    /// <summary>One of a few words.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="choices">The words.</param>
    public static Option<string?> Choice(string name, string description, params string[] choices)
    {
        var option = Parsed<string?>(name, string.Join('|', choices), description, Spelled.List(choices, "or"), text => choices.Contains(text) ? text : null);
        option.CompletionSources.Add(choices);
        return option;
    }

    /// <summary>A path.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="kind">What help calls the value: FILE or FOLDER.</param>
    public static Option<string?> Path(string name, string description, string kind = "FILE") =>
        Parsed<string?>(name, kind, description, "a path", text => text.Length > 0 && !text.Contains('\0') ? text : null);

    /// <summary>Any value that a text can say.</summary>
    /// <typeparam name="T">The value's type, one that can be null.</typeparam>
    /// <param name="name">With its dashes.</param>
    /// <param name="helpName">What help calls the value.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="expected">What an error says is expected.</param>
    /// <param name="parse">The value, or null where the text is none.</param>
    public static Option<T?> Parsed<T>(string name, string helpName, string description, string expected, Func<string, T?> parse) => new(name)
    {
        HelpName = helpName,
        Description = description,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            // A flag that is given twice or without a value is reported by the parser.
            if (result.Tokens is not [var token])
                return default;
            var value = parse(token.Value);
            if (value is null)
                result.AddError(Wrong(name, token.Value, expected));
            return value;
        },
    };

    /// <summary>The message about a wrong value.</summary>
    /// <param name="name">The flag or argument.</param>
    /// <param name="value">What was given.</param>
    /// <param name="expected">What is expected.</param>
    public static string Wrong(string name, string value, string expected) => $"{name}: '{value}' is wrong; expected {expected}";
}
