using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>A transformer's positions to logits: positions unfolded into their tokens, then the chosen tokens' logits.</summary>
internal sealed class TokenGridOutput : nn.Module
{
    // Each token of a square needs room of its own between the shared position and the logits.
    private const int Expansion = 2;
    private readonly MuseTransformerConfig _config;
    private readonly LayerNorm norm;
    private readonly Linear unfold, head;
    private readonly Tensor places;

    internal TokenGridOutput(MuseTransformerConfig config)
        : base(nameof(TokenGridOutput))
    {
        _config = config;
        norm = nn.LayerNorm(config.Dim);
        unfold = Initial.Linear(config.Dim, Expansion * config.TokenDim * config.Patch * config.Patch);
        head = Initial.Linear(Expansion * config.TokenDim, config.CodebookSize);
        places = Places(config);
        RegisterComponents();
        register_buffer(nameof(places), places, persistent: false);
    }

    /// <summary>Computes logits.</summary>
    /// <param name="x">[Pictures, Rows, Dim].</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="rows">int64 [M]: which (sequence x Tokens + token); null for all.</param>
    /// <returns>[M, CodebookSize].</returns>
    internal Tensor forward(Tensor x, RowLayout layout, Tensor? rows)
    {
        var (patch, side, width) = (_config.Patch, _config.GridSize / _config.Patch, Expansion * _config.TokenDim);
        var each = unfold.forward(norm.forward(x));
        if (rows is not null)
            return head.forward(each.view(-1, width).index_select(0, Order(layout, rows)).gelu());
        return head.forward(each.narrow(1, 0, layout.Used)
            .reshape(layout.Sequences, side, side, patch, patch, width)
            .permute(0, 1, 3, 2, 4, 5)
            .reshape(-1, width)
            .gelu());
    }

    /// <summary>Where the tokens of <paramref name="rows"/> lie among the unfolded rows of a pass.</summary>
    private Tensor Order(RowLayout layout, Tensor rows)
    {
        var firsts = new long[layout.Sequences];
        for (var i = 0; i < firsts.Length; i++)
            firsts[i] = _config.Patch * _config.Patch * ((i / layout.Groups * (long)layout.Rows) + (i % layout.Groups * layout.Positions));
        return tensor(firsts, [layout.Sequences, 1]).to(rows.device).add(places).view(-1).index_select(0, rows);
    }

    /// <summary>[Tokens]: where each token of a grid lies among its positions' squares, unfolded one after the other.</summary>
    private static Tensor Places(MuseTransformerConfig config)
    {
        var (grid, patch, side) = (config.GridSize, config.Patch, config.GridSize / config.Patch);
        var places = new long[config.Tokens];
        for (var i = 0; i < places.Length; i++)
        {
            var (y, x) = (i / grid, i % grid);
            places[i] = (((y / patch * side) + (x / patch)) * patch * patch) + (y % patch * patch) + (x % patch);
        }
        return tensor(places, device: CPU);
    }

    /// <summary>The shapes of the linear layers that run over a pass' rows, here and in <see cref="TokenGridInput"/>.</summary>
    internal static IReadOnlyList<(int Input, int Output)> Layers(MuseTransformerConfig config) =>
    [
        (config.Dim, config.Dim), (config.TokenDim * config.Window * config.Window, config.Dim),
        (config.Dim, Expansion * config.TokenDim * config.Patch * config.Patch), (Expansion * config.TokenDim, config.CodebookSize),
    ];
}
