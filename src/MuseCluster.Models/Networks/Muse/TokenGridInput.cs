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

    internal TokenGridInput(MuseTransformerConfig config)
        : base(nameof(TokenGridInput))
    {
        _config = config;
        tokens = Initial.Embedding(config.CodebookSize + 1, config.TokenDim, std: 0.7);
        fold = Initial.Linear(config.TokenDim * config.Window * config.Window, config.Dim);
        positions = new PositionEmbedding2d(config.GridSize / config.Patch, config.Dim);
        RegisterComponents();
    }

    /// <summary>Embeds grids and lays them out.</summary>
    /// <param name="grids">int64 [Pictures, Tokens].</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="added">[Sequences, Positions, Dim] added to the positions, or null.</param>
    /// <returns>[Pictures, Rows, Dim]; every group of a picture holds the same.</returns>
    internal Tensor forward(Tensor grids, RowLayout layout, Tensor? added)
    {
        var (patch, overlap, window, side) = (_config.Patch, _config.Overlap, _config.Window, _config.GridSize / _config.Patch);
        var x = tokens.forward(grids);
        if (window > 1)
        {
            x = x.view(layout.Pictures, _config.GridSize, _config.GridSize, _config.TokenDim);
            if (overlap > 0)
                x = nn.functional.pad(x, [0, 0, overlap, overlap, overlap, overlap]);
            x = x.unfold(1, window, patch).unfold(2, window, patch)
                .permute(0, 1, 2, 4, 5, 3)
                .reshape(layout.Pictures, side * side, window * window * _config.TokenDim);
        }
        // Folding is a matrix product too: its rows need the layout's padding as much as those that follow.
        x = positions.forward(fold.forward(Pad(x, layout)).narrow(1, 0, layout.Positions));
        if (layout.Groups > 1)
            x = cat([.. Enumerable.Repeat(x, layout.Groups)], 1);
        if (added is not null)
            x = x + added.view(layout.Pictures, layout.Used, _config.Dim);
        return Pad(x, layout);
    }

    private static Tensor Pad(Tensor x, RowLayout layout) =>
        x.size(1) < layout.Rows ? nn.functional.pad(x, [0, 0, 0, layout.Rows - x.size(1)]) : x;
}
