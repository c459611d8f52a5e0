using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Training.ShapesWorld;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Stages;

/// <summary>
/// Damages grids the way a base model errs: some codes become near ones. A super-resolution model that saw only true grids
/// believes every token; one that saw damaged ones asks the text (conditioning augmentation; Saharia et al.,
/// arXiv 2205.11487, section 2.4, with noise on tokens in place of pixels).
/// </summary>
public sealed class CodeNeighbors
{
    // Further away, codes are of other colours, which a base model seldom confuses.
    private const int CodesPerNeighbor = 16;
    private readonly long[] _neighbors;

    /// <summary>Finds the nearest codes of every code.</summary>
    /// <param name="quantizer">The codebook.</param>
    public CodeNeighbors(VectorQuantizer quantizer)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var codes = quantizer.codebook.cpu();
        var distance = codes.square().sum(1).unsqueeze(0) - (2 * codes.mm(codes.t()));
        var count = Math.Max(1, (int)codes.shape[0] / CodesPerNeighbor);

        // The nearest of all is the code itself.
        _neighbors = distance.topk(count + 1, 1, largest: false).indexes.narrow(1, 1, count).contiguous().ToArray<long>();
        PerCode = count;
    }

    private int PerCode { get; }

    /// <summary>Replaces some codes by near ones: each with a probability drawn anew for the grid.</summary>
    /// <param name="grid">The grid, changed in place.</param>
    /// <param name="most">The highest probability.</param>
    /// <param name="random">Where the choices come from.</param>
    public void Damage(Span<long> grid, double most, ref SceneRandom random)
    {
        var share = random.NextUnit() * most;
        for (var i = 0; i < grid.Length; i++)
            if (random.NextChance(share))
                grid[i] = _neighbors[(grid[i] * PerCode) + random.Next(PerCode)];
    }
}
