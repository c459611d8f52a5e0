using MuseCluster.Models.Networks.Amused;

namespace MuseCluster.Bench.Amused;

/// <summary>What loading a network took, in time and in memory.</summary>
/// <param name="Cold">Whether its file was dropped from the page cache before, for loading and for <c>cat</c>.</param>
/// <param name="CatSeconds">Seconds of <c>cat FILE > /dev/null</c>.</param>
/// <param name="LoadSeconds">Seconds from the path to a network.</param>
/// <param name="FirstSeconds">Seconds of the first forward, which brings the weights into this process.</param>
/// <param name="LaterSeconds">Seconds of the second: the arithmetic alone.</param>
/// <param name="LoadingProcessorSeconds">
/// Seconds that the process' threads spent on processors for loading and the first forward beyond those of the second: what
/// other processes leave alone. Waiting for the disk is not in it.
/// </param>
/// <param name="WeightBytes">Bytes of the file.</param>
/// <param name="DiskBytes">Bytes that loading and the first forward had the disk read.</param>
/// <param name="Before">Memory before.</param>
/// <param name="Loaded">Memory once loaded.</param>
/// <param name="Ran">Memory after the first forward.</param>
public sealed record LoadTimes(
    bool Cold, double CatSeconds, double LoadSeconds, double FirstSeconds, double LaterSeconds, double LoadingProcessorSeconds,
    long WeightBytes, long DiskBytes, ProcessMemory Before, ProcessMemory Loaded, ProcessMemory Ran)
{
    /// <summary>Loading and the first forward, by <c>cat</c>: the arithmetic of a forward is in it.</summary>
    public double WholeByCat => (LoadSeconds + FirstSeconds) / CatSeconds;

    /// <summary>Seconds that loading is to blame for: loading, and what the first forward takes beyond a later one.</summary>
    public double LoadingSeconds => LoadSeconds + FirstSeconds - LaterSeconds;

    /// <summary>The same by <c>cat</c>.</summary>
    public double LoadingByCat => LoadingSeconds / CatSeconds;

    /// <summary>Memory that loading added, copies and touched pages of the file, by the weights.</summary>
    public double LoadedByWeights => Added(Loaded) / (double)WeightBytes;

    /// <summary>Memory that loading and the first forward added, its activations included, by the weights.</summary>
    public double RanByWeights => Added(Ran) / (double)WeightBytes;

    /// <summary>Measures once.</summary>
    /// <param name="network">The network's folder.</param>
    /// <param name="inputs">What it is run on.</param>
    /// <param name="cold">Whether to drop the file from the page cache first.</param>
    internal static LoadTimes Measure(RandomUVit network, UVitCase inputs, bool cold)
    {
        var file = new CachedFile(network.WeightsFile);
        if (cold)
            file.Drop();
        var cat = file.Cat();
        if (cold)
            file.Drop();

        GC.Collect();
        var (before, disk) = (ProcessMemory.Resident(), ProcessMemory.DiskBytes());
        UVit2DModel? made = null;
        var load = SideTimes.Once(() => made = network.Load());
        using var model = made!;
        var loaded = ProcessMemory.Resident();
        void Forward() => inputs.Run(model).Dispose();
        var first = SideTimes.Once(Forward);
        var (ran, read) = (ProcessMemory.Resident(), ProcessMemory.DiskBytes() - disk);
        var later = SideTimes.Once(Forward);
        return new LoadTimes(
            cold, cat, load.Wall, first.Wall, later.Wall, load.Processor + first.Processor - later.Processor, network.Bytes, read, before, loaded, ran);
    }

    private long Added(ProcessMemory now) => now.Anonymous - Before.Anonymous + now.Files - Before.Files;
}
