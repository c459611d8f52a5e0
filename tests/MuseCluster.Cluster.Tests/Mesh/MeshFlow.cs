using System.Collections.Concurrent;
using System.Diagnostics;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Tests.Mesh;

/// <summary>Items that flow while something breaks.</summary>
internal static class MeshFlow
{
    private static readonly StageAddress Address = new(Stage.Base, "shapes");

    /// <summary>Sends all the time, breaks something, sends on, and waits until everything that was sent has come.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="age">How long it goes well.</param>
    /// <param name="breakIt">What breaks it, and perhaps mends it.</param>
    public static async Task OverAsync(IMesh mesh, TimeSpan age, Func<Task> breakIt)
    {
        await mesh.DeclareAsync([Address]);
        await using var first = await mesh.ServeAsync(Address, 4);
        await using var second = await mesh.ServeAsync(Address, 4);
        var sent = new ConcurrentDictionary<int, bool>();
        var came = new ConcurrentDictionary<int, int>();
        async Task Serve(IServing serving)
        {
            await foreach (var delivery in serving.Deliveries.ReadAllAsync())
            {
                await Task.Delay(10);
                came.AddOrUpdate(delivery.Message.Item.Id.Index, 1, (_, times) => times + 1);
                await delivery.AcknowledgeAsync();
            }
        }

        Task[] serving = [Serve(first), Serve(second)];
        using var enough = new CancellationTokenSource();
        var next = -1;
        async Task Send()
        {
            while (!enough.IsCancellationRequested)
            {
                var index = Interlocked.Increment(ref next);
                await mesh.SendAsync(Address, MeshSamples.Message(index));
                sent[index] = true;
                await Task.Delay(20);
            }
        }

        Task[] sending = [Send(), Send(), Send()];
        await Task.Delay(age);
        await breakIt();
        var before = sent.Count;
        await Until(() => sent.Count > before + 50, () => $"{sent.Count} were sent, {before} before it broke");
        await enough.CancelAsync();
        await Task.WhenAll(sending);
        await Until(() => sent.Keys.All(came.ContainsKey), () => $"{came.Count} of {sent.Count} came");

        // At least once, and not much more: what two servings of four held or were about to acknowledge.
        Assert.InRange(came.Values.Sum() - came.Count, 0, 40);
        await first.DisposeAsync();
        await second.DisposeAsync();
        await Task.WhenAll(serving);
    }

    private static async Task Until(Func<bool> holds, Func<string> stands)
    {
        for (var waited = Stopwatch.StartNew(); !holds(); await Task.Delay(50))
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(40), stands());
    }
}
