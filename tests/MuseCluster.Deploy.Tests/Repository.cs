using MuseCluster.Silo.Configuration;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace MuseCluster.Deploy.Tests;

/// <summary>Files of the repository, and what they may say to a silo.</summary>
internal static class Repository
{
    /// <summary>Seconds beyond those to drain that a silo may need: for a step that runs, and for closing its connections.</summary>
    public const int Slack = 15;

    public static string Root { get; } = Find();

    public static string PathOf(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(PathOf(path));

    /// <summary>A YAML file, its anchors and merges resolved.</summary>
    public static YamlMap Yaml(string path)
    {
        var parser = new MergingParser(new Parser(new StringReader(Read(path))));
        parser.Consume<StreamStart>();
        return new YamlMap((Dictionary<object, object>)new DeserializerBuilder().Build().Deserialize(parser)!);
    }

    /// <summary>That variables are settings of a silo, with values that it takes.</summary>
    public static void AssertSettings(IEnumerable<KeyValuePair<string, string>> variables)
    {
        foreach (var (name, value) in variables.Where(v => v.Key.StartsWith("MUSE_", StringComparison.Ordinal)))
        {
            var setting = SiloSetting.All.SingleOrDefault(s => s.Variable == name);
            Assert.True(setting is not null, $"{name} is no setting of a silo");
            Assert.True(setting.Apply(new SiloSettings(), value) is not null, $"{name}={value}: expected {setting.Expected}");
        }
    }

    /// <summary>Lines of the form NAME=VALUE, as env files have them.</summary>
    public static Dictionary<string, string> Variables(string text) => text.Split('\n')
        .Where(line => line.Contains('=') && !line.StartsWith('#'))
        .Select(line => line.Split('=', 2))
        .ToDictionary(parts => parts[0], parts => parts[1].Trim('\''), StringComparer.Ordinal);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "MuseCluster.sln")))
                return folder.FullName;
        throw new InvalidOperationException("The tests do not run within the repository.");
    }
}

/// <summary>A mapping of a YAML document.</summary>
internal sealed class YamlMap(Dictionary<object, object> entries)
{
    public IEnumerable<string> Keys => entries.Keys.Cast<string>();

    public bool Has(string key) => entries.ContainsKey(key);

    public YamlMap Map(string key) => entries[key] is Dictionary<object, object> map ? new YamlMap(map) : new YamlMap([]);

    public string Text(string key) => (string)entries[key];

    public IReadOnlyList<string> List(string key) => entries.TryGetValue(key, out var list) ? [.. ((List<object>)list).Cast<string>()] : [];

    public IEnumerable<KeyValuePair<string, string>> Texts => entries.Select(e => KeyValuePair.Create((string)e.Key, (string)e.Value));
}
