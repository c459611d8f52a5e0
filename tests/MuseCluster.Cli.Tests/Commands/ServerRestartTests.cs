using MuseCluster.Client;

namespace MuseCluster.Cli.Tests.Commands;

/// <summary>Watching a job whose server dies and comes back.</summary>
public sealed class ServerRestartTests
{
    [Fact]
    public async Task AJobIsWatchedOverTheDeathOfItsServer()
    {
        using var server = new MuseServer();
        using var client = server.Client();
        var job = await client.Jobs.SubmitAsync(new JobRequest([new JobPictures { Prompt = "a red circle", N = 6 }]));
        var ended = new HashSet<int>();
        Job? last = null;
        var killed = false;
        await foreach (var happened in client.Jobs.WatchAsync(job.Id))
        {
            if (happened is ItemChanged { Item.State: JobState.Done } item)
                ended.Add(item.Item.Index);
            if (happened is JobChanged changed)
                last = changed.Job;
            if (killed || happened is not ItemChanged { Item.State: JobState.Running })
                continue;
            killed = true;
            server.Kill();
            server.Start();
        }

        Assert.True(killed);
        Assert.Equal((JobState.Done, 6), (last!.Status, last.Counts.Done));
        Assert.Equal(6, ended.Count);
        Assert.Equal(0, MuseProcess.Run("jobs", "watch", job.Id, "--server", server.Url).ExitCode);
    }
}
