using MuseCluster.Bench.Reporting;

namespace MuseCluster.Bench.Amused;

/// <summary>How aMUSEd's transformer runs here, beside PyTorch.</summary>
public sealed record AmusedReport
{
    /// <summary>What it ran on.</summary>
    public required Machine Machine { get; init; }

    /// <summary>Weights of the network.</summary>
    public required long Weights { get; init; }

    /// <summary>Loading, the first in this process first: it compiles the code too.</summary>
    public required IReadOnlyList<LoadTimes> Loads { get; init; }

    /// <summary>Forwards of one picture.</summary>
    public required ForwardComparison Forwards { get; init; }

    /// <summary>What a forward takes where only its products are computed, by kind.</summary>
    public required IReadOnlyList<ProductTimes> Products { get; init; }

    /// <summary>Guided decodings of one picture; null where none was asked for.</summary>
    public required DecodingComparison? Decodings { get; init; }

    /// <summary>Share of a forward that its products take, of the least processor times.</summary>
    public double ProductShare => Products.Sum(k => k.Times.Processor.Least) / Forwards.Ours.Processor.Least;
}
