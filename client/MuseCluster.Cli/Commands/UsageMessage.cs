using System.CommandLine;
using System.CommandLine.Parsing;

namespace MuseCluster.Cli.Commands;

/// <summary>What is wrong with a command line, in one line that names the flag and what is expected.</summary>
internal static class UsageMessage
{
    /// <summary>The message for a command line that does not parse.</summary>
    /// <param name="parse">The result, with errors.</param>
    public static string Of(ParseResult parse)
    {
        var command = parse.CommandResult.Command;

        // An unknown flag comes first: its value, and flags that seem missing, only follow from it.
        if (UnknownFlag(parse) is { } flag)
            return $"{flag}: there is no such flag{Suggest(flag, Flags(parse))}";
        string[] commands = [.. command.Subcommands.Select(c => c.Name)];
        if (parse.UnmatchedTokens is [var token, ..])
        {
            if (commands.Length == 0)
                return $"'{token}' is one argument too many; put a text of several words in quotes";
            var expected = Suggest(token, commands) is { Length: > 0 } nearest ? nearest : $"; expected {Spelled.List(commands, "or")}";
            return $"'{token}' is no command{expected}";
        }
        // `muse bench` is a command, and has some.
        return commands.Length > 0 && command.Action is null ? $"a command is missing; expected {Spelled.List(commands, "or")}" : string.Join("; ", Errors(parse).Distinct());
    }

    /// <summary>
    /// An argument that looks like a flag. The parser takes an unknown flag for a value of an argument that can hold more, so
    /// that <c>--sede</c> would become the prompt; after <c>--</c> anything is a value.
    /// </summary>
    /// <param name="parse">The result.</param>
    public static string? UnknownFlag(ParseResult parse)
    {
        var free = parse.Tokens.SkipWhile(t => t.Type != TokenType.DoubleDash).Select(t => t.Value).ToHashSet();
        return parse.UnmatchedTokens
            .Concat(parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value))
            .FirstOrDefault(t => t.Length > 1 && t[0] == '-' && (t[1] == '-' || char.IsAsciiLetter(t[1])) && !free.Contains(t));
    }

    private static IEnumerable<string> Errors(ParseResult parse)
    {
        var command = parse.CommandResult;
        foreach (var option in command.Command.Options.Where(o => o.Required && command.GetResult(o) is not { IdentifierTokenCount: > 0 }))
            yield return $"{option.Name}: is missing; expected {option.Name} {option.HelpName}";
        foreach (var argument in command.Command.Arguments.Where(a => a.Arity.MinimumNumberOfValues > 0 && command.GetResult(a) is not { Tokens.Count: > 0 }))
            yield return $"{argument.HelpName ?? argument.Name}: is missing; expected {Uncapitalised(argument.Description)}";
        foreach (var error in parse.Errors)
        {
            switch (error.SymbolResult)
            {
                case OptionResult { IdentifierTokenCount: 0 } or CommandResult or ArgumentResult { Tokens.Count: 0, Parent: CommandResult }:
                    // What is missing has been named above.
                    break;
                case OptionResult { Tokens.Count: 0 } option:
                    yield return $"{option.Option.Name}: has no value; expected {option.Option.Name} {option.Option.HelpName}";
                    break;
                case OptionResult { Tokens.Count: > 1 } option:
                    yield return $"{option.Option.Name}: has {option.Tokens.Count} values; expected one";
                    break;
                default:
                    yield return error.Message;
                    break;
            }
        }
    }

    private static IEnumerable<string> Flags(ParseResult parse) =>
        parse.CommandResult.Command.Options.Concat(parse.RootCommandResult.Command.Options.Where(o => o.Recursive))
            .SelectMany(o => o.Aliases.Prepend(o.Name)).Where(n => n.StartsWith('-')).Distinct();

    private static string Suggest(string word, IEnumerable<string> known) => Spelled.Nearest(word, known) is { } nearest ? $"; did you mean {nearest}?" : "";

    private static string Uncapitalised(string? sentence) =>
        string.IsNullOrEmpty(sentence) ? "a value" : char.ToLowerInvariant(sentence[0]) + sentence[1..].TrimEnd('.');
}
