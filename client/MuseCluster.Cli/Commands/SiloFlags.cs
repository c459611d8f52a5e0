using System.CommandLine;
using MuseCluster.Silo.Configuration;

namespace MuseCluster.Cli.Commands;

/// <summary>A flag for each setting of a silo.</summary>
/// <param name="settings">The settings.</param>
internal sealed class SiloFlags(IEnumerable<SiloSetting> settings)
{
    private readonly IReadOnlyList<(SiloSetting Setting, Option<string?> Option)> _flags =
        [.. settings.Select(setting => (setting, Flag.Parsed<string?>(setting.Flag, setting.HelpName, setting.Description, setting.Expected, text => text)))];

    /// <summary>The flags, to be added to a command.</summary>
    public IEnumerable<Option> All => _flags.Select(f => f.Option);

    /// <summary>The settings that flags, environment and appsettings.json give.</summary>
    /// <param name="parse">The command line.</param>
    /// <exception cref="SiloConfigurationException">Settings are wrong; each is named.</exception>
    public SiloSettings Read(ParseResult parse)
    {
        var given = _flags.Select(f => (f.Setting.Name, Value: parse.GetValue(f.Option))).Where(f => f.Value is not null).ToDictionary(f => f.Name, f => f.Value!);
        var settings = SiloConfiguration.Read(given, Directory.GetCurrentDirectory(), Environment.GetEnvironmentVariable);
        return !given.ContainsKey("model-folder") && !Directory.Exists(settings.ModelFolder) && ModelFolder.Models is { } models
            ? settings with { ModelFolder = models }
            : settings;
    }
}
