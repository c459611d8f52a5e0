using System.Text.RegularExpressions;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Deploy.Tests;

public sealed partial class ComposeTests
{
    private static readonly YamlMap File = Repository.Yaml("deploy/compose.yaml");
    private static readonly Dictionary<string, string> Example = Repository.Variables(Repository.Read("deploy/.env.example"));

    private static IEnumerable<YamlMap> Silos =>
        File.Map("services").Keys.Select(File.Map("services").Map).Where(s => s.Has("environment") && s.Map("environment").Has("MUSE_ROLES"));

    [Fact]
    public void Every_role_is_served() =>
        Assert.Equal(
            StageNames.All.Select(s => s.Name()).Append("gateway").Order(),
            Silos.SelectMany(s => s.Map("environment").Text("MUSE_ROLES").Split(',')).Order());

    [Fact]
    public void What_silos_are_told_are_settings_with_values_that_they_take() =>
        Assert.All(Silos, silo => Repository.AssertSettings(silo.Map("environment").Texts.Select(e => KeyValuePair.Create(e.Key, Filled(e.Value)))));

    [Fact]
    public void A_silo_is_given_more_time_to_stop_than_it_takes_to_drain() => Assert.All(Silos, silo => Assert.InRange(
        int.Parse(silo.Text("stop_grace_period").TrimEnd('s'), null), int.Parse(silo.Map("environment").Text("MUSE_DRAIN"), null) + Repository.Slack, 600));

    [Fact]
    public void Silos_wait_until_their_servers_are_healthy()
    {
        foreach (var silo in Silos)
        {
            var servers = silo.Map("depends_on");
            Assert.Equal(["azurite", "postgres", "rabbitmq"], servers.Keys.Order());
            Assert.All(servers.Keys, server =>
            {
                Assert.Equal("service_healthy", servers.Map(server).Text("condition"));
                Assert.True(File.Map("services").Map(server).Map("healthcheck").Has("test"), server);
            });
        }
    }

    [Fact]
    public void All_silos_but_the_gateway_can_be_scaled() => Assert.All(
        Silos.Where(s => s.Map("environment").Text("MUSE_ROLES") != "gateway"), silo => Assert.False(silo.Has("ports") || silo.Has("container_name")));

    [Fact]
    public void The_example_of_secrets_names_every_variable_and_no_other()
    {
        var used = Variable().Matches(Repository.Read("deploy/compose.yaml")).Select(m => m.Groups["name"].Value).Distinct();
        Assert.Equal(used.Order(), Example.Keys.Order());
    }

    private static string Filled(string text) => Variable().Replace(
        text, m => Example[m.Groups["name"].Value] is { Length: > 0 } value ? value : m.Groups["rest"].Value.StartsWith(":-", StringComparison.Ordinal) ? m.Groups["rest"].Value[2..] : "secret");

    [GeneratedRegex(@"\$\{(?<name>[A-Z_]+)(?<rest>:[-?][^}]*)?\}")]
    private static partial Regex Variable();
}
