using System.Diagnostics;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench;

/// <summary>Times of several runs of the same work.</summary>
/// <param name="Seconds">One number per run.</param>
public sealed record Timing(IReadOnlyList<double> Seconds)
{
    /// <summary>The middle run; the mean of the middle two where their number is even.</summary>
    public double Median => Seconds.Order().ToArray() is var s && s.Length % 2 == 1 ? s[s.Length / 2] : (s[(s.Length / 2) - 1] + s[s.Length / 2]) / 2;

    /// <summary>The fastest run.</summary>
    public double Least => Seconds.Min();

    /// <summary>The slowest run.</summary>
    public double Most => Seconds.Max();

    /// <summary>Times work after one run that is not counted.</summary>
    /// <param name="work">The work.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="runs">Most runs; at least one is made.</param>
    /// <param name="atMost">No run is begun after this time.</param>
    /// <param name="cancellation">Stops between two runs.</param>
    public static Timing Of(Action work, Device device, int runs, TimeSpan atMost, CancellationToken cancellation)
    {
        work();
        var seconds = new List<double>();
        var started = Stopwatch.GetTimestamp();
        do
        {
            cancellation.ThrowIfCancellationRequested();
            seconds.Add(Once(work, device));
        }
        while (seconds.Count < runs && Stopwatch.GetElapsedTime(started) < atMost);
        return new Timing(seconds);
    }

    /// <summary>Times work once.</summary>
    /// <param name="work">The work.</param>
    /// <param name="device">Where it runs; what was queued there is waited for.</param>
    /// <returns>Seconds.</returns>
    public static double Once(Action work, Device device)
    {
        Wait(device);
        var started = Stopwatch.GetTimestamp();
        work();
        Wait(device);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Waits for what a device still has to do.</summary>
    /// <param name="device">The device.</param>
    public static void Wait(Device device)
    {
        if (device.type == DeviceType.CUDA)
            cuda.synchronize(device);
    }
}
