using MuseCluster.Models.Networks;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Decoding;

/// <summary>How a decoder cuts its pictures into passes of the network.</summary>
public sealed record MaskedDecoderOptions
{
    /// <summary>Most pictures in one pass. Default 8: on a CPU more gain nothing and leave the cache.</summary>
    public int PicturesPerPass { get; init; } = 8;

    /// <summary>Rows to whose multiple each picture's rows are padded, so that its bits do not depend on the others. Default 1.</summary>
    public int RowMultiple { get; init; } = 1;

    /// <summary>
    /// Rows to whose multiple all rows of a pass are padded: threads that share them out then cut where no picture's bits
    /// change. A multiple of <see cref="RowMultiple"/>. Default 1.
    /// </summary>
    public int PassMultiple { get; init; } = 1;

    /// <summary>
    /// Threads of the tensor library within a pass; as many passes as the rest allows run side by side, and 0 takes all for
    /// one pass. BLAS rounds by the number of threads, so that a picture's bits depend on this one, and not on how many
    /// threads there are. Default 0.
    /// </summary>
    public int ThreadsPerPass { get; init; }

    /// <summary>Threads of the tensor library that a pass takes now, at least 1.</summary>
    public int Threads => ThreadsPerPass == 0 ? get_num_threads() : ThreadsPerPass;

    /// <summary>
    /// Fill every pass up to <see cref="PicturesPerPass"/>, and its logits up to every token of each. Kernels that choose
    /// their rounding by the total size, as CUDA's do, then give the same bits at any load. Default false.
    /// </summary>
    public bool FixedPasses { get; init; }

    /// <summary>Options that keep pictures independent of each other on this machine.</summary>
    /// <param name="network">The network.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="picturesPerPass">Most pictures in one pass.</param>
    /// <returns>
    /// The options. One picture per pass where no multiple of rows is safe, and for a large network on a CPU: a picture's rows
    /// then keep all threads at work, so that company gains nothing, and alone they need no padding.
    /// </returns>
    public static MaskedDecoderOptions For(IMaskedTransformer network, Device device, int picturesPerPass = 8)
    {
        if (device.type != DeviceType.CPU)
            return new MaskedDecoderOptions { PicturesPerPass = picturesPerPass, FixedPasses = true };
        if (network.Shape.IsLarge())
            return new MaskedDecoderOptions { PicturesPerPass = 1 };
        var threads = network.Shape.ThreadsPerPass();
        using var scope = NewNumThreadsScope(threads);
        var (rows, pass) = RowAlignment.Find(network.Shape.RowLayers, device);
        return rows == 0
            ? new MaskedDecoderOptions { PicturesPerPass = 1, ThreadsPerPass = threads }
            : new MaskedDecoderOptions { PicturesPerPass = picturesPerPass, RowMultiple = rows, PassMultiple = pass, ThreadsPerPass = threads };
    }

    /// <summary>Rows that each of several equal shares of a pass takes.</summary>
    /// <param name="used">Rows that a share needs.</param>
    /// <param name="shares">How many there are.</param>
    /// <returns>The least number that keeps both multiples.</returns>
    public int RowsPerShare(int used, int shares)
    {
        var rows = (used + RowMultiple - 1) / RowMultiple * RowMultiple;
        while ((long)rows * shares % PassMultiple != 0)
            rows += RowMultiple;
        return rows;
    }

    /// <summary>How the rows of a pass lie.</summary>
    /// <param name="network">The network's shape.</param>
    /// <param name="pictures">Pictures in the pass.</param>
    /// <param name="groups">1, or 2 with guidance.</param>
    public RowLayout Layout(MaskedTransformerShape network, int pictures, int groups) =>
        new(pictures, groups, network.Positions, RowsPerShare(groups * network.Positions, pictures)) { GridRows = RowsPerShare(network.Positions, pictures) };

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(PicturesPerPass, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(ThreadsPerPass);
        ArgumentOutOfRangeException.ThrowIfLessThan(RowMultiple, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PassMultiple, 1);
        if (RowMultiple > 1 && PassMultiple > 1 && PassMultiple % RowMultiple != 0)
            throw new ArgumentOutOfRangeException(nameof(PassMultiple), PassMultiple, $"is no multiple of {nameof(RowMultiple)} {RowMultiple}");
    }
}
