namespace MuseCluster.Bench;

/// <summary>How long the benchmark may take.</summary>
public sealed record BenchOptions
{
    /// <summary>The usual run: about two minutes on two cores.</summary>
    public static BenchOptions Full { get; } = new();

    /// <summary>Fewer runs of everything, and no grid of the paper's size at 16 together.</summary>
    public static BenchOptions Quick { get; } = new()
    {
        OperatorRounds = 30,
        PerShape = TimeSpan.FromMilliseconds(100),
        PerCount = TimeSpan.FromSeconds(1.5),
        PerOperator = TimeSpan.FromMilliseconds(15),
        PerDecoding = TimeSpan.FromSeconds(0.5),
        PaperGridTogether = [1],
    };

    /// <summary>Rounds of 1000 calls per operator.</summary>
    public int OperatorRounds { get; init; } = 100;

    /// <summary>Time for each size of matrix product.</summary>
    public TimeSpan PerShape { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Most runs of the pipeline at each number of pictures.</summary>
    public int Runs { get; init; } = 7;

    /// <summary>No run of the pipeline is begun after this time at one number of pictures.</summary>
    public TimeSpan PerCount { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Time for each operator of a pass.</summary>
    public TimeSpan PerOperator { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>No run of a grid's decoding is begun after this time.</summary>
    public TimeSpan PerDecoding { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Pictures made together.</summary>
    public IReadOnlyList<int> Together { get; init; } = [1, 4, 16];

    /// <summary>Pictures decoded together in the comparison with autoregressive decoding.</summary>
    public IReadOnlyList<int> GridsTogether { get; init; } = [1, 16];

    /// <summary>The same for the grid of the paper's size.</summary>
    public IReadOnlyList<int> PaperGridTogether { get; init; } = [1, 16];
}
