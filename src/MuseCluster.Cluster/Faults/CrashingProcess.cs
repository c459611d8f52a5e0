using System.Diagnostics;

namespace MuseCluster.Cluster.Faults;

/// <summary>Ends this process as its machine's loss would: nothing is flushed, nobody is told.</summary>
public static class CrashingProcess
{
    /// <summary>Ends it now.</summary>
    public static void Crash()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>Makes <see cref="FaultPoint"/>s end it now and then.</summary>
    /// <param name="options">How likely.</param>
    public static void Arm(FaultOptions options)
    {
        if (options.Crash == 0)
            return;
        var random = new Random(options.Seed);
        FaultPoint.Armed = _ =>
        {
            bool now;
            lock (random)
                now = random.NextDouble() < options.Crash;
            if (now)
                Crash();
        };
    }
}
