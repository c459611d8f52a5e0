using System.Globalization;
using MuseCluster.Cluster.Faults;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Access;
using MuseCluster.Silo.Hosting;

namespace MuseCluster.Silo.Configuration;

/// <summary>A setting of a silo, and how it is written: as a flag, as an environment variable, in appsettings.json.</summary>
/// <param name="Name">As a flag without its dashes.</param>
/// <param name="HelpName">What help calls the value.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Expected">What an error says is expected.</param>
/// <param name="Apply">Settings with the value, or null where the text is none.</param>
public sealed record SiloSetting(string Name, string HelpName, string Description, string Expected, Func<SiloSettings, string, SiloSettings?> Apply)
{
    /// <summary>The section of appsettings.json, and the prefix of the environment variables.</summary>
    public const string Section = "Muse";

    private const string Gateway = "gateway";

    /// <summary>The flag.</summary>
    public string Flag => "--" + Name;

    /// <summary>The environment variable.</summary>
    public string Variable => "MUSE_" + Name.Replace('-', '_').ToUpperInvariant();

    /// <summary>The name in the section of appsettings.json.</summary>
    public string Key => string.Concat(Name.Split('-').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    /// <summary>All settings, in the order that help shows them.</summary>
    public static IReadOnlyList<SiloSetting> All { get; } =
    [
        new("roles", "ROLES", "What the silo serves: stages, and gateway for a silo that stands by to dispatch. All where not given.",
            "text, base, superres, pixels and gateway, separated by commas", Roles),
        new("models", "MODELS", "Models: names under --model-folder, or folders; separated by commas. shapes where not given.", "one or more names or folders",
            (s, text) => List(text) is { Length: > 0 } models ? s with { Models = models } : null),
        new("model-folder", "FOLDER", "Where models of a name are.", "a folder", (s, text) => s with { ModelFolder = text }),
        new("mesh", "MESH", $"How items travel: {MeshEngines.Forms}.", MeshEngines.Forms, (s, text) => MeshEngines.Take(text) ? s with { Mesh = text } : null),
        new("mesh-ca", "FILE", "The authorities that may sign the broker's certificate, as PEM; those the machine trusts where not given. Needs amqps.", "a file",
            (s, text) => s with { MeshCa = text }),
        new("ledger", "DATABASE", "The database of record: sqlite:FILE, or postgres://USER:PASSWORD@HOST/DATABASE.",
            "sqlite:FILE, or postgres://USER:PASSWORD@HOST/DATABASE", (s, text) => s with { Ledger = text }),
        new("blobs", "STORE", "Where pictures go: a folder, or an Azure Storage connection string or container URL.",
            "a folder, a connection string or a URL", (s, text) => s with { Blobs = text }),
        new("name", "NAME", "The silo's name, one of a kind. Host and process number where not given.", NameRule.Expected,
            (s, text) => NameRule.Holds(text) ? s with { Name = text } : null),
        new("urls", "URLS", "Where /health and /ready listen; port 0 takes a free one.", "http://ADDRESS:PORT",
            (s, text) => Array.TrueForAll(text.Split(';'), u => Uri.TryCreate(u.Replace("//*", "//localhost", StringComparison.Ordinal).Replace("//+", "//localhost", StringComparison.Ordinal), UriKind.Absolute, out var url) && url.Scheme is "http" or "https") ? s with { Urls = text } : null),
        new("access", "open|keys", "Who is let in to the API: anybody, on a loopback address only, or who shows a key. Open on loopback addresses where not given, keys on any other.", "open or keys", (s, text) => text switch
        {
            "open" => s with { Access = AccessMode.Open },
            "keys" => s with { Access = AccessMode.Keys },
            _ => null,
        }),
        new("capacity", "N", "Items that each stage holds at once.", "a whole number from 1 to 4096", (s, text) => Whole(text, 1, 4096) is { } n ? s with { Capacity = n } : null),
        new("device", "DEVICE", "Where the networks run: cpu, cuda or cuda:N.", "cpu, cuda or cuda:N",
            (s, text) => text is "cpu" or "cuda" || (text.StartsWith("cuda:", StringComparison.Ordinal) && Whole(text[5..], 0, 1023) is not null) ? s with { Device = text } : null),
        new("threads", "N", "Threads of the tensor library; one per core where not given.", "a whole number from 1 to 1024", (s, text) => Whole(text, 1, 1024) is { } n ? s with { Threads = n } : null),
        new("drain", "SECONDS", "How long the silo may take to stop.", "seconds from 1 to 3600", (s, text) => Seconds(text, 1, 3600) is { } t ? s with { Drain = t } : null),
        new("lease", "SECONDS", "How long an item may go without a sign of life before it is dispatched again.", "seconds from 1 to 3600", (s, text) => Seconds(text, 1, 3600) is { } t ? s with { Lease = t } : null),
        new("max-attempts", "N", "Times an item is dispatched before it is given up.", "a whole number from 1 to 100", (s, text) => Whole(text, 1, 100) is { } n ? s with { MaxAttempts = n } : null),
        new("window-factor", "N", "Items in flight of a model for each place that its silos have.", "a number from 1 to 16", (s, text) => Number(text, 1, 16) is { } n ? s with { WindowFactor = n } : null),
        new("log", "text|json", "How log lines are written.", "text or json", (s, text) => text switch
        {
            "text" => s with { Log = LogFormat.Text },
            "json" => s with { Log = LogFormat.Json },
            _ => null,
        }),
        new("faults", "FAULTS", "For tests: faults that the silo makes by itself, such as seed=1,crash=0.001,duplicate=0.02,delay=0.05,poison=1.",
            "seed, crash, duplicate, delay and poison as name=value, separated by commas", (s, text) => FaultOptions.Parse(text) is { } faults ? s with { Faults = faults } : null),
        new("otlp", "URL", "Where metrics and traces are sent by OTLP, such as http://localhost:4317.", "a URL",
            (s, text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? s with { Otlp = url } : null),
    ];

    private static SiloSettings? Roles(SiloSettings settings, string text)
    {
        var stages = new List<Stage>();
        var gateway = false;
        foreach (var role in List(text))
            if (role == Gateway)
                gateway = true;
            else if (StageNames.TryParse(role, out var stage))
                stages.Add(stage);
            else
                return null;
        return stages.Count == 0 && !gateway ? null : settings with { Stages = [.. stages.Distinct().Order()], Gateway = gateway };
    }

    private static string[] List(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int? Whole(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : null;

    private static double? Number(string text, double least, double most) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : null;

    private static TimeSpan? Seconds(string text, double least, double most) => Number(text, least, most) is { } n ? TimeSpan.FromSeconds(n) : null;
}
