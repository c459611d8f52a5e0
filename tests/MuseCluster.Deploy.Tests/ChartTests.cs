using System.Text.RegularExpressions;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.RabbitMq;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Configuration;
using Microsoft.Data.Sqlite;

namespace MuseCluster.Deploy.Tests;

public sealed partial class ChartTests
{
    private const string Templates = "deploy/helm/musecluster/templates/";
    private static readonly YamlMap Values = Repository.Yaml("deploy/helm/musecluster/values.yaml");
    private static readonly string Deployments = Repository.Read(Templates + "deployments.yaml");
    private static readonly string Settings = Repository.Read(Templates + "configmap.yaml");
    private static readonly string Scaling = Repository.Read(Templates + "autoscaling.yaml");

    [Fact]
    public void Every_role_is_served()
    {
        var roles = Values.Map("roles");
        Assert.Equal(StageNames.All.Select(s => s.Name()).Append("gateway").Order(), roles.Keys.SelectMany(r => roles.Map(r).List("serves")).Order());
    }

    [Fact]
    public void What_silos_are_told_are_settings() => Assert.Subset(
        SiloSetting.All.Select(s => s.Variable).ToHashSet(), Variable().Matches(Deployments + Settings).Select(m => m.Value).ToHashSet());

    [Fact]
    public void Default_values_of_settings_are_ones_that_silos_take()
    {
        var (settings, role) = (Values.Map("settings"), Values.Map("roleDefaults"));
        Repository.AssertSettings(new Dictionary<string, string>
        {
            ["MUSE_DRAIN"] = settings.Text("drain"),
            ["MUSE_LEASE"] = settings.Text("lease"),
            ["MUSE_MAX_ATTEMPTS"] = settings.Text("maxAttempts"),
            ["MUSE_WINDOW_FACTOR"] = settings.Text("windowFactor"),
            ["MUSE_LOG"] = settings.Text("log"),
            ["MUSE_MODELS"] = string.Join(',', Values.List("models")),
            ["MUSE_DEVICE"] = role.Text("device"),
            ["MUSE_CAPACITY"] = role.Text("capacity"),
            ["MUSE_URLS"] = Fixed("MUSE_URLS"),
        });
        Assert.Equal("/models", Fixed("MUSE_MODEL_FOLDER"));
        Assert.Contains("mountPath: /models", Deployments, StringComparison.Ordinal);

        string Fixed(string name) => Regex.Match(Settings, $@"^  {name}: (\S+)$", RegexOptions.Multiline).Groups[1].Value;
    }

    [Fact]
    public void A_pod_is_given_more_time_to_stop_than_its_silo_takes_to_drain()
    {
        Assert.Contains("terminationGracePeriodSeconds: {{ add $.Values.settings.drain $.Values.stopSlack }}", Deployments, StringComparison.Ordinal);
        Assert.InRange(int.Parse(Values.Text("stopSlack"), null), Repository.Slack, 600);
    }

    [Fact]
    public void It_scales_by_the_queues_that_items_wait_in()
    {
        var topology = new Topology(RabbitMqOptions.Parse("amqp://broker"));
        var name = Regex.Match(Scaling, @"queueName: (.+)$", RegexOptions.Multiline).Groups[1].Value;
        Assert.All(StageNames.All, stage => Assert.Equal(
            topology.Queue(new StageAddress(stage, "shapes")),
            name.Replace("{{ $stage }}", stage.Name(), StringComparison.Ordinal).Replace("{{ $model }}", "shapes", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task It_scales_by_what_waits_in_the_ledger()
    {
        var query = Regex.Match(Scaling, @"query: (.+)$", RegexOptions.Multiline).Groups[1].Value.Replace("{{ $model }}", "shapes", StringComparison.Ordinal);
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.db");
        try
        {
            await using (var ledger = await SqlLedger.OpenAsync($"sqlite:{file}", TimeProvider.System))
            {
                Assert.Equal(0L, await AskAsync());
                await ledger.SubmitAsync(new Job { Tenant = "alice", Model = "shapes", Requests = [new() { Prompt = "a" }, new() { Prompt = "b" }] });
                await ledger.SubmitAsync(new Job { Tenant = "bob", Model = "shapes", Class = PriorityClass.Interactive, Requests = [new() { Prompt = "c" }] });
                await ledger.SubmitAsync(new Job { Tenant = "bob", Model = "faces", Requests = [new() { Prompt = "d" }] });
                Assert.Equal(3L, await AskAsync());
            }

            async Task<object?> AskAsync()
            {
                await using var connection = new SqliteConnection($"Data Source={file}");
                await connection.OpenAsync();
                await using var command = connection.CreateCommand();
                command.CommandText = query;
                return await command.ExecuteScalarAsync();
            }
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            foreach (var each in Directory.EnumerateFiles(Path.GetTempPath(), Path.GetFileName(file) + "*"))
                File.Delete(each);
        }
    }

    [GeneratedRegex("MUSE_[A-Z_]+")]
    private static partial Regex Variable();
}
