using MuseCluster.Bench.Arithmetic;
using MuseCluster.Bench.Autoregressive;
using MuseCluster.Bench.Pictures;
using MuseCluster.Bench.Profiling;
using MuseCluster.Torch;

namespace MuseCluster.Bench.Reporting;

/// <summary>What a benchmark found.</summary>
public sealed record BenchReport
{
    /// <summary>What it ran on.</summary>
    public required Machine Machine { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Cost of operator calls.</summary>
    public required IReadOnlyList<OperatorOverhead.Cost> Operators { get; init; }

    /// <summary>The fastest matrix product.</summary>
    public required MatrixCeiling Ceiling { get; init; }

    /// <summary>The arithmetic of one picture.</summary>
    public required PictureWork Work { get; init; }

    /// <summary>The whole pipeline at several numbers of pictures.</summary>
    public required IReadOnlyList<PictureTimes> Pictures { get; init; }

    /// <summary>Where the time goes, at the same numbers of pictures.</summary>
    public required IReadOnlyList<(int Together, PhaseTimes Phases)> Phases { get; init; }

    /// <summary>Tokens of a base grid.</summary>
    public required int BaseTokens { get; init; }

    /// <summary>Tokens of a super-resolution grid; 0 where the model has none.</summary>
    public required int SuperresTokens { get; init; }

    /// <summary>Where a pass' time goes, by network.</summary>
    public required IReadOnlyList<(string Network, PassProfile Profile)> Passes { get; init; }

    /// <summary>Seconds from an empty process to loaded networks.</summary>
    public required double LoadSeconds { get; init; }

    /// <summary>Seconds to prepare the decoders, above all to find the alignment of rows.</summary>
    public required double PrepareSeconds { get; init; }

    /// <summary>Most bytes resident until the model was loaded.</summary>
    public required long PeakLoaded { get; init; }

    /// <summary>Most bytes resident until the most pictures together were made.</summary>
    public required long PeakGenerated { get; init; }

    /// <summary>Masked against autoregressive decoding.</summary>
    public required IReadOnlyList<DecodingCost> Decodings { get; init; }

    /// <summary>Share of the ceiling that the pipeline reaches.</summary>
    /// <param name="pictures">At how many pictures.</param>
    /// <returns>0 to 1.</returns>
    public double ShareOfCeiling(PictureTimes pictures) => Work.Total.Total / pictures.PerPicture / 1e9 / Ceiling.GigaFlops;
}
