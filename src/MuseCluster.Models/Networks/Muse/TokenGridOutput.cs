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

    internal TokenGridOutput(MuseTransformerConfig config)
        : base(nameof(TokenGridOutput))
    {
        _config = config;
        norm = nn.LayerNorm(config.Dim);
        unfold = Initial.Linear(config.Dim, Expansion * config.TokenDim * config.Patch * config.Patch);
        head = Initial.Linear(Expansion * config.TokenDim, config.CodebookSize);
        RegisterComponents();
    }

    /// <summary>Computes logits.</summary>
    /// <param name="x">[Pictures, Rows, Dim].</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="rows">int64 [M]: which (sequence x Tokens + token); null for all.</param>
    /// <returns>[M, CodebookSize].</returns>
    internal Tensor forward(Tensor x, RowLayout layout, Tensor? rows)
    {
        var (patch, side, width) = (_config.Patch, _config.GridSize / _config.Patch, Expansion * _config.TokenDim);
        var each = unfold.forward(norm.forward(x)).narrow(1, 0, layout.Used);
        each = patch == 1 ? each.reshape(-1, width) : each.reshape(layout.Sequences, side, side, patch, patch, width)
            .permute(0, 1, 3, 2, 4, 5)
            .reshape(-1, width);
        return head.forward((rows is null ? each : each.index_select(0, rows)).gelu());
    }

    /// <summary>The shapes of the linear layers that run over a pass' rows, here and in <see cref="TokenGridInput"/>.</summary>
    internal static IReadOnlyList<(int Input, int Output)> Layers(MuseTransformerConfig config) =>
    [
        (config.Dim, config.Dim), (config.TokenDim * config.Window * config.Window, config.Dim),
        (config.Dim, Expansion * config.TokenDim * config.Patch * config.Patch), (Expansion * config.TokenDim, config.CodebookSize),
    ];
}
