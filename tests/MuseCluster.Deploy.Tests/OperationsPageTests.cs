using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using MuseCluster.Cluster.Telemetry;
using MuseCluster.Silo.Configuration;

namespace MuseCluster.Deploy.Tests;

public sealed class OperationsPageTests
{
    private static readonly string Page = Repository.Read("docs/operations.md");

    [Fact]
    public void It_lists_every_metric_and_no_other()
    {
        var metrics = new List<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => metrics.Add(instrument.Name) };
        RuntimeHelpers.RunClassConstructor(typeof(ClusterTelemetry).TypeHandle);
        listener.Start();
        metrics.RemoveAll(name => !name.StartsWith("muse.", StringComparison.Ordinal));
        Assert.Equal(metrics.Order().Distinct(), Regex.Matches(Page, @"^\| `(muse\.[a-z.]+)` \|", RegexOptions.Multiline).Select(m => m.Groups[1].Value).Order());
        // Elsewhere on the page. Queues and tags start with muse, too.
        Assert.Subset(metrics.ToHashSet(), Regex.Matches(Page, @"`(muse\.(?:grain\.[a-z.]+|pictures[a-z.]*|tenant\.[a-z.]+|items\.(?!base)[a-z.]+))`").Select(m => m.Groups[1].Value).ToHashSet());
    }

    [Fact]
    public void Every_setting_that_it_names_is_one()
    {
        var named = Regex.Matches(Page, "MUSE_[A-Z_]+").Select(m => m.Value).Concat(Regex.Matches(Page, "`--([a-z-]+)`").Select(m => "MUSE_" + m.Groups[1].Value.Replace('-', '_').ToUpperInvariant()));
        Assert.Subset(SiloSetting.All.Select(s => s.Variable).Append("MUSE_JSON").ToHashSet(), named.ToHashSet());
    }

    [Fact]
    public async Task What_can_be_checked_without_servers_is_good()
    {
        using var check = Process.Start(new ProcessStartInfo(Repository.PathOf("deploy/check.sh")) { RedirectStandardOutput = true })!;
        var said = await check.StandardOutput.ReadToEndAsync();
        await check.WaitForExitAsync();
        Assert.True(check.ExitCode == 0, said);
    }
}
