using MuseCluster.Models.Networks.Amused;

namespace MuseCluster.Bench.Amused;

/// <summary>What the comparison with PyTorch runs, and how often.</summary>
public sealed record AmusedBenchOptions
{
    /// <summary>The network. The default is that of aMUSEd-256: 604 million weights.</summary>
    public UVit2DConfig Network { get; init; } = new() { SampleSize = 16 };

    /// <summary>Tokens of the text: 77 in CLIP.</summary>
    public int TextLength { get; init; } = 77;

    /// <summary>The folder that the network is written to, and that is left alone afterwards; null for a temporary one.</summary>
    public string? Folder { get; init; }

    /// <summary>Threads of an operator, on both sides.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The Python that has PyTorch; Debian's, whose PyTorch drives the libtorch that is used here.</summary>
    public string Python { get; init; } = "/usr/bin/python3";

    /// <summary>Rounds of forwards. In each, every side runs <see cref="Forwards"/>, and who begins changes.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Forwards of each side in a round.</summary>
    public int Forwards { get; init; } = 3;

    /// <summary>How often the network is loaded from a warm file, and from a cold one.</summary>
    public int Loads { get; init; } = 3;

    /// <summary>How often a picture is decoded.</summary>
    public int Decodings { get; init; } = 1;

    /// <summary>Steps of a decoding: 12 in aMUSEd.</summary>
    public int Steps { get; init; } = 12;

    /// <summary>Guidance of a decoding: 10 in aMUSEd.</summary>
    public double Guidance { get; init; } = 10;
}
