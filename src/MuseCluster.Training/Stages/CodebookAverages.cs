using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Torch;
using MuseCluster.Training.ShapesWorld;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Stages;

/// <summary>
/// Learns a codebook by moving averages of the latents that choose each code (VQ-VAE, arXiv 1711.00937, appendix A.1), and
/// restarts the codes that nothing chooses at latents that are quantised badly.
/// </summary>
/// <param name="quantizer">The codebook.</param>
/// <param name="decay">What is kept of the averages at each step.</param>
public sealed class CodebookAverages(VectorQuantizer quantizer, double decay)
{
    private const double DeadCount = 0.03;
    private const double RestartCount = 0.3;
    private const int LloydPasses = 5;
    private readonly Tensor _count = ones([quantizer.codebook.shape[0]], device: quantizer.codebook.device).DetachFromDisposeScope();
    private readonly Tensor _sum = zeros_like(quantizer.codebook).DetachFromDisposeScope();

    /// <summary>What a resumed run needs: how often each code was chosen, and by what.</summary>
    public IReadOnlyDictionary<string, Tensor> State => new Dictionary<string, Tensor> { ["count"] = _count, ["sum"] = _sum };

    /// <summary>Places the codes among latents: spread by k-means++ (Arthur and Vassilvitskii, 2007), then Lloyd's passes.</summary>
    /// <param name="latents">[M, dim], more than codes.</param>
    /// <param name="random">Where the choices come from.</param>
    public void Start(Tensor latents, ref SceneRandom random)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var codes = quantizer.codebook.shape[0];
        var rows = new long[codes];
        rows[0] = random.Next((int)latents.shape[0]);
        var distance = DistanceTo(latents, rows[0]);
        for (var k = 1; k < codes; k++)
        {
            rows[k] = Draw(distance, ref random, 1)[0];
            using var inner = NewDisposeScope();
            distance = inner.MoveToOuter(distance.minimum(DistanceTo(latents, rows[k])));
        }
        quantizer.codebook.copy_(latents.index_select(0, tensor(rows, device: latents.device)));
        for (var pass = 0; pass < LloydPasses; pass++)
        {
            var (count, sum) = Gather(latents, quantizer.Nearest(latents));
            var used = count.gt(0).unsqueeze(1);
            quantizer.codebook.copy_(where(used, sum / count.clamp(min: 1).unsqueeze(1), quantizer.codebook));
        }
        _count.fill_(1);
        _sum.copy_(quantizer.codebook);
    }

    /// <summary>Moves the codes by one batch.</summary>
    /// <param name="latents">[M, dim].</param>
    /// <param name="indices">The code that each chose, int64 [M].</param>
    /// <param name="random">Where the choices come from.</param>
    /// <returns>How many codes were restarted.</returns>
    public int Update(Tensor latents, Tensor indices, ref SceneRandom random)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var (count, sum) = Gather(latents, indices);
        _count.lerp_(count, 1 - decay);
        _sum.lerp_(sum, 1 - decay);
        var dead = _count.lt(DeadCount).nonzero().flatten();
        var restarts = (int)Math.Min(dead.numel(), latents.shape[0]);
        quantizer.codebook.copy_(_sum / _count.clamp(min: 1e-4).unsqueeze(1));
        if (restarts == 0)
            return 0;
        dead = dead.narrow(0, 0, restarts);
        var error = (latents - nn.functional.embedding(indices, quantizer.codebook)).square().sum(1);
        var chosen = latents.index_select(0, tensor(Draw(error, ref random, restarts), device: latents.device));
        quantizer.codebook.index_copy_(0, dead, chosen);
        _count.index_copy_(0, dead, full([restarts], RestartCount, device: latents.device));
        _sum.index_copy_(0, dead, chosen * RestartCount);
        return restarts;
    }

    private (Tensor Count, Tensor Sum) Gather(Tensor latents, Tensor indices)
    {
        var codes = quantizer.codebook.shape[0];
        return (indices.bincount(minlength: codes).to(float32), zeros_like(quantizer.codebook).index_add_(0, indices, latents, 1));
    }

    private static Tensor DistanceTo(Tensor latents, long row) => (latents - latents.narrow(0, row, 1)).square().sum(1);

    private static long[] Draw(Tensor weights, ref SceneRandom random, int count)
    {
        var values = weights.ToArray<float>();
        var total = 0.0;
        var ends = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
            ends[i] = total += values[i] + 1e-9;
        var rows = new long[count];
        for (var i = 0; i < count; i++)
        {
            var at = Array.BinarySearch(ends, random.NextUnit() * total);
            rows[i] = Math.Min(at < 0 ? ~at : at, values.Length - 1);
        }
        return rows;
    }
}
