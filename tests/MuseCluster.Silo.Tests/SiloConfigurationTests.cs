using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Configuration;

namespace MuseCluster.Silo.Tests;

public sealed class SiloConfigurationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muse-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_any_setting_a_silo_has_every_role_and_needs_no_server()
    {
        var settings = Read();
        Assert.Equal(StageNames.All, settings.Stages);
        Assert.True(settings.Gateway);
        Assert.Equal(InProcessEngine.Name, settings.Mesh);
        Assert.StartsWith("sqlite:", settings.Ledger, StringComparison.Ordinal);
        Assert.Empty(settings.Options("").Problems());
    }

    [Fact]
    public void Flags_go_before_the_environment_and_the_environment_before_the_file()
    {
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), """{ "Muse": { "Capacity": 3, "Drain": 20, "WindowFactor": 2.5 } }""");
        var settings = Read(new() { ["capacity"] = "5" }, new() { ["MUSE_CAPACITY"] = "4", ["MUSE_DRAIN"] = "30" });
        Assert.Equal(5, settings.Capacity);
        Assert.Equal(TimeSpan.FromSeconds(30), settings.Drain);
        Assert.Equal(2.5, settings.WindowFactor);
    }

    [Theory]
    [InlineData("roles", "base,superres", "Base Superres", false)]
    [InlineData("roles", "gateway", "", true)]
    [InlineData("roles", "pixels, text ,gateway", "Text Pixels", true)]
    public void Roles_are_stages_and_the_gateway(string setting, string value, string stages, bool gateway)
    {
        var settings = Read(new() { [setting] = value });
        Assert.Equal(stages, string.Join(' ', settings.Stages));
        Assert.Equal(gateway, settings.Gateway);
    }

    [Fact]
    public void Every_wrong_setting_is_named_with_where_it_came_from_and_what_is_expected()
    {
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), """{ "Muse": { "Lease": "soon", "Colour": "red" } }""");
        var e = Assert.Throws<SiloConfigurationException>(() => Read(new() { ["roles"] = "cook", ["name"] = "" }, new() { ["MUSE_MESH"] = "pigeons", ["MUSE_THREADS"] = "0" }));
        Assert.Equal(6, e.Problems.Count);
        foreach (var part in new[]
        {
            "--roles: 'cook' is wrong; expected text, base", "--name: '' is wrong", "MUSE_MESH: 'pigeons' is wrong; expected inprocess; orleans",
            "MUSE_THREADS: '0' is wrong; expected a whole number from 1", "Muse:Lease in appsettings.json: 'soon' is wrong; expected seconds", "Muse:Colour in appsettings.json: there is no such setting",
        })
            Assert.Contains(e.Problems, p => p.Contains(part, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://127.0.0.1:8080;http://10.0.0.1:80")]
    [InlineData("http://*:8080")]
    public void Open_access_on_an_address_that_others_reach_is_refused(string urls)
    {
        var e = Assert.Throws<SiloConfigurationException>(() => Read(new() { ["urls"] = urls, ["access"] = "open" }));
        Assert.Contains("access: is open", Assert.Single(e.Problems), StringComparison.Ordinal);
        Assert.Equal(urls, Read(new() { ["urls"] = urls, ["access"] = "keys" }).Urls);
        Assert.Equal(urls, Read(new() { ["urls"] = urls, ["access"] = "open", ["roles"] = "base" }).Urls);
    }

    [Fact]
    public void A_damaged_file_is_named()
    {
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), "{");
        Assert.Contains("is no JSON", Assert.Single(Assert.Throws<SiloConfigurationException>(() => Read()).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_has_names_of_its_own_and_keeps_what_it_is_told()
    {
        Assert.Equal(SiloSetting.All.Count, SiloSetting.All.Select(s => s.Variable).Distinct().Count());
        var values = new Dictionary<string, string>
        {
            ["roles"] = "text", ["models"] = "a,b", ["model-folder"] = "/m", ["mesh"] = "amqps://u:p@h/", ["mesh-ca"] = "/ca.pem", ["ledger"] = "postgres://h/d", ["blobs"] = "/b", ["name"] = "n",
            ["urls"] = "http://0.0.0.0:1", ["access"] = "keys", ["capacity"] = "7", ["device"] = "cuda:1", ["threads"] = "2", ["drain"] = "9", ["lease"] = "60", ["max-attempts"] = "2",
            ["window-factor"] = "3", ["log"] = "json", ["faults"] = "seed=3,crash=0.5", ["otlp"] = "http://o:4317",
        };
        var settings = SiloSetting.All.Aggregate(new SiloSettings(), (s, setting) =>
        {
            var applied = setting.Apply(s, values[setting.Name]);
            Assert.NotNull(applied);
            Assert.NotEqual(s, applied);
            return applied;
        });
        Assert.Equal(("cuda:1", 7, TimeSpan.FromMinutes(1), 0.5), (settings.Device, settings.Capacity, settings.Options("").Grain.Lease, settings.Faults!.Crash));
    }

    private SiloSettings Read(Dictionary<string, string>? flags = null, Dictionary<string, string>? variables = null) =>
        SiloConfiguration.Read(flags ?? [], _folder, name => variables?.GetValueOrDefault(name));
}
