using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>Token grids to a transformer's positions: embeddings, squares of tokens folded into one position each, places.</summary>
internal sealed class TokenGridInput : nn.Module
{
    private readonly MuseTransformerConfig _config;
    private readonly Embedding tokens;
    private readonly Linear fold;
    private readonly PositionEmbedding2d positions;
    private readonly Tensor windows;

    internal TokenGridInput(MuseTransformerConfig config)
        : base(nameof(TokenGridInput))
    {
        _config = config;
        tokens = Initial.Embedding(config.CodebookSize + 1, config.TokenDim, std: 0.7);
        fold = Initial.Linear(config.TokenDim * config.Window * config.Window, config.Dim);
        positions = new PositionEmbedding2d(config.GridSize / config.Patch, config.Dim);
        windows = Windows(config);
        RegisterComponents();
        register_buffer(nameof(windows), windows, persistent: false);
    }

    /// <summary>Embeds grids and lays them out.</summary>
    /// <param name="grids">int64 [Pictures, Tokens].</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="added">[Sequences, Positions, Dim] added to the positions, or null.</param>
    /// <returns>[Pictures, Rows, Dim]; every group of a picture holds the same.</returns>
    internal Tensor forward(Tensor grids, RowLayout layout, Tensor? added)
    {
        // One token more stands for everything outside the grid, and is embedded as zeros.
        var outside = full([layout.Pictures, 1], _config.MaskId + 1, int64, grids.device);
        var seen = cat([grids, outside], 1).index_select(1, windows);
        var x = nn.functional.embedding(seen, cat([tokens.weight, zeros([1, _config.TokenDim], device: grids.device)], 0))
            .view(layout.Pictures, layout.Positions, _config.TokenDim * _config.Window * _config.Window);
        // Folding is a matrix product too: its rows need the layout's padding as much as those that follow.
        x = positions.forward(fold.forward(Pad(x, layout.GridRows)).narrow(1, 0, layout.Positions));
        if (layout.Groups > 1)
            x = cat([.. Enumerable.Repeat(x, layout.Groups)], 1);
        if (added is not null)
            x = x + added.view(layout.Pictures, layout.Used, _config.Dim);
        return Pad(x, layout.Rows);
    }

    /// <summary>[Positions x Window x Window]: the tokens that each position sees, row by row; Tokens for what lies outside.</summary>
    private static Tensor Windows(MuseTransformerConfig config)
    {
        var (grid, side, window) = (config.GridSize, config.GridSize / config.Patch, config.Window);
        var seen = new long[config.Positions * window * window];
        for (var i = 0; i < seen.Length; i++)
        {
            var (position, inside) = (i / (window * window), i % (window * window));
            var y = (position / side * config.Patch) - config.Overlap + (inside / window);
            var x = (position % side * config.Patch) - config.Overlap + (inside % window);
            seen[i] = y >= 0 && y < grid && x >= 0 && x < grid ? (y * grid) + x : config.Tokens;
        }
        return tensor(seen, device: CPU);
    }

    private static Tensor Pad(Tensor x, int rows) =>
        x.size(1) < rows ? nn.functional.pad(x, [0, 0, 0, rows - x.size(1)]) : x;
}
