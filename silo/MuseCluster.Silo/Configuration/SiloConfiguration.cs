using MuseCluster.Silo.Api.Access;
using Microsoft.Extensions.Configuration;

namespace MuseCluster.Silo.Configuration;

/// <summary>Gathers a silo's settings: flags before environment variables before appsettings.json.</summary>
public static class SiloConfiguration
{
    private const string File = "appsettings.json";

    /// <summary>Reads all settings.</summary>
    /// <param name="flags">Values by setting name, as flags gave them.</param>
    /// <param name="folder">Where appsettings.json may lie.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="SiloConfigurationException">Values are wrong; every one of them is listed with its name and where it came from.</exception>
    public static SiloSettings Read(IReadOnlyDictionary<string, string> flags, string folder, Func<string, string?> variable)
    {
        var problems = new List<string>();
        var section = Section(folder, problems);
        var settings = new SiloSettings();
        foreach (var setting in SiloSetting.All)
        {
            var (value, source) =
                flags.GetValueOrDefault(setting.Name) is { } flag ? (flag, setting.Flag)
                : variable(setting.Variable) is { Length: > 0 } set ? (set, setting.Variable)
                : section?[setting.Key] is { } file ? (file, $"{SiloSetting.Section}:{setting.Key} in {File}")
                : (null, "");
            if (value is null)
                continue;
            if (value.Length > 0 && setting.Apply(settings, value) is { } applied)
                settings = applied;
            else
                problems.Add($"{source}: '{value}' is wrong; expected {setting.Expected}");
        }
        var known = SiloSetting.All.Select(s => s.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var child in section?.GetChildren().Where(c => !known.Contains(c.Key)) ?? [])
            problems.Add($"{SiloSetting.Section}:{child.Key} in {File}: there is no such setting; expected one of {string.Join(", ", SiloSetting.All.Select(s => s.Key))}");
        if (settings.Gateway && settings.Access == AccessMode.Open && !Loopback.All(settings.Urls))
            problems.Add($"access: is open, and urls is {settings.Urls}, which others can reach; expected keys, or a loopback address such as http://127.0.0.1:8080");
        problems.AddRange(settings.Options("").Problems().Select(p => $"{p.Field} {p.Problem}"));
        return problems.Count == 0 ? settings : throw new SiloConfigurationException(problems);
    }

    private static IConfigurationSection? Section(string folder, List<string> problems)
    {
        try
        {
            return new ConfigurationBuilder().SetBasePath(folder).AddJsonFile(File, optional: true).Build().GetSection(SiloSetting.Section);
        }
        catch (InvalidDataException e)
        {
            problems.Add($"{Path.Combine(folder, File)}: is no JSON: {e.InnerException?.Message ?? e.Message}");
            return null;
        }
    }
}

/// <summary>Settings of a silo are wrong.</summary>
/// <param name="problems">Each: which setting, what was found, what is expected.</param>
public sealed class SiloConfigurationException(IReadOnlyList<string> problems) : Exception(string.Join("\n", problems))
{
    /// <summary>Each: which setting, what was found, what is expected.</summary>
    public IReadOnlyList<string> Problems => problems;
}
