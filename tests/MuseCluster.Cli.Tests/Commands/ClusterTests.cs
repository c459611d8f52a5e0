using System.Text.Json.Nodes;
using MuseCluster.Cluster.Orleans;
using MuseCluster.LocalCluster.Processes;

namespace MuseCluster.Cli.Tests.Commands;

/// <summary>A cluster of processes with real servers, as a user has it.</summary>
public sealed class ClusterTests
{
    /// <summary>The meshes of clusters that this build has.</summary>
    public static TheoryData<string> Meshes { get; } = OrleansEngine.IsBuilt ? ["rabbitmq", "orleans"] : ["rabbitmq"];

    [Theory]
    [MemberData(nameof(Meshes))]
    public void AClusterComesUp_MakesPicturesThatReplay_AndGoesDownAndUpAgain(string mesh)
    {
        using var folder = new TempFolder();
        var (cluster, pictures) = (folder["cluster"], folder["pictures"]);
        DataFolder.Create(folder.Path);
        try
        {
            var up = MuseProcess.Run("cluster", "up", "--mesh", mesh, "--folder", cluster, "--json");
            Assert.True(up.ExitCode == 0, up.Error);
            Assert.Equal(5, JsonNode.Parse(up.Output)!["silos"]!.AsArray().Count);
            var twice = MuseProcess.Run("cluster", "up", "--folder", cluster);
            Assert.Equal(2, twice.ExitCode);
            Assert.Contains("end it with: muse cluster down", twice.Error, StringComparison.Ordinal);

            var submit = MuseProcess.Run("submit", "a red circle", "--count", "3", "--seed", "7", "--steps", "3", "--sr-steps", "2", "--folder", cluster, "--out", pictures);
            Assert.True(submit.ExitCode == 0, submit.Error);
            Assert.Equal(6, Directory.GetFiles(pictures).Length);
            var alone = MuseProcess.Run("generate", "a red circle", "--seed", "7", "--steps", "3", "--sr-steps", "2", "--out", folder["alone.png"]);
            Assert.True(alone.ExitCode == 0, alone.Error);
            Assert.Equal(File.ReadAllBytes(folder["alone.png"]), File.ReadAllBytes(Path.Combine(pictures, "000000.png")));
            var replay = MuseProcess.Run("replay", Path.Combine(pictures, "000002.json"), "--out", folder["again.png"]);
            Assert.True(replay.ExitCode == 0, replay.Error);
            Assert.Equal(File.ReadAllBytes(folder["again.png"]), File.ReadAllBytes(Path.Combine(pictures, "000002.png")));

            var status = JsonNode.Parse(MuseProcess.Run("cluster", "status", "--folder", cluster, "--json").Output)!;
            Assert.Equal(5, status["silos"]!.AsArray().Count);
            Assert.Equal(0, (int)status["queues"]!["base.shapes"]!);

            var down = MuseProcess.Run("cluster", "down", "--folder", cluster);
            Assert.True(down.ExitCode == 0, down.Error);
            var waiting = MuseProcess.Run("submit", "a blue square", "--folder", cluster);
            Assert.Equal(2, waiting.ExitCode);
            Assert.Contains("start one with: muse cluster up", waiting.Error, StringComparison.Ordinal);
            up = MuseProcess.Run("cluster", "up", "--mesh", mesh, "--folder", cluster, "--silos", "text+base=1,superres+pixels=1");
            Assert.True(up.ExitCode == 0, up.Error);
            submit = MuseProcess.Run("submit", "a blue square", "--steps", "2", "--sr-steps", "1", "--folder", cluster, "--wait", "--json");
            Assert.Equal(1, (int)JsonNode.Parse(submit.Output)!["done"]!);
        }
        finally
        {
            MuseProcess.Run("cluster", "down", "--folder", cluster, "--delete");
        }
        Assert.False(Directory.Exists(cluster));
    }

    [Theory]
    [InlineData("cluster", "up", "--mesh", "pigeons")]
    [InlineData("chaos", "--mesh", "inprocess")]
    [InlineData("bench", "distribution", "--mesh", "amqp:rabbit")]
    public void AMeshThatIsNone_IsNamed_WithThoseThatThereAre(params string[] arguments)
    {
        var result = MuseProcess.Run(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"--mesh: '{arguments[^1]}' is wrong; expected orleans, rabbitmq or an amqp:// URL", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void AMeshOfOrleans_NeedsABuildThatHasIt_AndADatabaseBeyondThisMachine()
    {
        var expected = OrleansEngine.IsBuilt
            ? "mesh: the mesh is wrong: Host is 10.0.0.1, but no database has the membership"
            : "mesh: this build has no Orleans; where its packages can be restored, build with: dotnet build MuseCluster.sln -c Release -p:WithOrleans=true";
        var result = MuseProcess.Run("silo", "--mesh", "orleans://10.0.0.1");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        if (OrleansEngine.IsBuilt)
            return;
        result = MuseProcess.Run("cluster", "up", "--mesh", "orleans");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--mesh: this build has no Orleans; ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--ledger", "nonsense", "sqlite:PATH")]
    [InlineData("--blobs", "https://", "a folder, an Azure Storage connection string")]
    public void PlacesThatAreNone_AreNamed(string flag, string value, string expected)
    {
        var result = MuseProcess.Run("submit", "a red circle", flag, value);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"{flag}: '{value}' is wrong; expected {expected}", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Meshes))]
    public void InChaosNothingIsLost_NothingComesTwice_AndEveryPictureIsTheOneOfAnUndisturbedRun(string mesh)
    {
        var (items, broker) = mesh == "rabbitmq" ? (600, 1) : (300, 0);
        var result = MuseProcess.Run(TimeSpan.FromMinutes(15), "chaos", "--mesh", mesh, "--items", $"{items}", "--seed", "3", "--json");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        var report = JsonNode.Parse(result.Output)!;
        Assert.Equal((items, 0, 0), ((int)report["acknowledged"]!, (int)report["lost"]!, (int)report["duplicated"]!));
        Assert.Equal((items * 99 / 100, items / 100), ((int)report["identical"]!, (int)report["failedPoison"]!));
        // It was disturbed, or it proves nothing.
        var disturbances = report["disturbances"]!.AsObject();
        foreach (var (part, least) in new[] { ("silo killed", 3), ("silo started again", 5), ("RabbitMQ", broker), ("PostgreSQL", 1), ("Azurite", 1) })
            Assert.True(disturbances.Where(d => d.Key.StartsWith(part, StringComparison.Ordinal)).Sum(d => (int)d.Value!) >= least, result.Output);
    }
}
