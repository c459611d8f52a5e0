using System.Text.RegularExpressions;

namespace MuseCluster.Deploy.Tests;

public sealed class ServiceTests
{
    private static readonly string Unit = Repository.Read("deploy/systemd/musecluster-silo@.service");
    private static readonly Dictionary<string, string> Example = Repository.Variables(Repository.Read("deploy/systemd/base.env.example"));

    [Fact]
    public void The_example_has_settings_with_values_that_silos_take()
    {
        Assert.All(Example.Keys, name => Assert.StartsWith("MUSE_", name, StringComparison.Ordinal));
        Repository.AssertSettings(Example);
    }

    [Fact]
    public void A_silo_is_given_more_time_to_stop_than_it_takes_to_drain() =>
        Assert.InRange(int.Parse(Value("TimeoutStopSec"), null), int.Parse(Example["MUSE_DRAIN"], null) + Repository.Slack, 600);

    [Fact]
    public void The_unit_reads_the_settings_of_its_instance() => Assert.Equal("/etc/musecluster/%i.env", Value("EnvironmentFile"));

    private static string Value(string name) => Assert.Single(Regex.Matches(Unit, $"^{name}=(.*)$", RegexOptions.Multiline)).Groups[1].Value;
}
