using MuseCluster.Generation.Randomness;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Autoregressive;

/// <summary>
/// Decodes grids in raster order, one position per pass, sampling as masked decoding does: guidance, then the token by
/// inverse CDF of a uniform drawn on the host. Where a position holds a square of tokens, they are sampled together.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="config">Its shape.</param>
/// <param name="device">Where it is.</param>
internal sealed class AutoregressiveDecoder(CausalTransformer network, MuseTransformerConfig config, Device device)
{
    /// <summary>Decodes pictures together.</summary>
    /// <param name="conditioning">Sequences by picture, then by group.</param>
    /// <param name="guidance">One t for every position; 0 where there is one group.</param>
    /// <param name="random">Each picture's randomness.</param>
    /// <param name="cancellation">Stops between two positions.</param>
    /// <returns>The grids in row-major order, and how many passes were made.</returns>
    internal (ushort[][] Grids, int Passes) Decode(Conditioning conditioning, double guidance, IReadOnlyList<TokenRandom> random, CancellationToken cancellation)
    {
        using var guard = inference_mode();
        var groups = guidance == 0 ? 1 : 2;
        var (pictures, square) = (random.Count, config.Patch * config.Patch);
        using var cache = network.Cache(pictures * groups);
        var grids = Array.ConvertAll(new int[pictures], _ => new ushort[config.Tokens]);
        var previous = new long[pictures * square];
        Array.Fill(previous, config.MaskId);
        var uniforms = new float[pictures * square];
        for (var position = 0; position < config.Positions; position++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            for (var i = 0; i < uniforms.Length; i++)
                uniforms[i] = random[i / square].Draw(0, Token(position, i % square)).Token;
            var logits = network.Step(tensor(previous, [pictures, square]).to(device), position, groups, conditioning, cache);
            if (groups == 2)
            {
                var both = logits.view(pictures, groups, square, config.CodebookSize);
                var (conditional, unconditional) = (both.select(1, 0), both.select(1, 1));
                logits = (conditional - unconditional).mul_(guidance).add_(conditional).view(pictures * square, config.CodebookSize);
            }
            var below = logits.softmax(-1).cumsum(-1).lt(tensor(uniforms, [uniforms.Length, 1]).to(device)).sum(-1, type: int64);
            previous = below.clamp_(max: config.CodebookSize - 1).ToArray<long>();
            for (var i = 0; i < previous.Length; i++)
                grids[i / square][Token(position, i % square)] = (ushort)previous[i];
        }
        return (grids, config.Positions);
    }

    private int Token(int position, int inSquare)
    {
        var side = config.GridSize / config.Patch;
        var (row, column) = (position / side * config.Patch, position % side * config.Patch);
        return ((row + (inSquare / config.Patch)) * config.GridSize) + column + (inSquare % config.Patch);
    }
}
