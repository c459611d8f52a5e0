using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// What lies before the transformer and after it: <see cref="ConvNextBlock"/> and <see cref="SkipFFTransformerBlock"/> by
/// turns, with the grid halved first or doubled last where the configuration asks for it (diffusers'
/// <c>models/unets/uvit_2d.py</c>).
/// </summary>
internal sealed class UVitBlock : nn.Module
{
    /// <summary>Makes a block; its projections are unset.</summary>
    /// <param name="config">The network.</param>
    /// <param name="down">Whether it halves the grid first.</param>
    /// <param name="up">Whether it doubles the grid last.</param>
    internal UVitBlock(UVit2DConfig config, bool down, bool up)
        : base(nameof(UVitBlock))
    {
        downsample = down ? UVitResample.Down(config) : null;
        res_blocks = new([.. Enumerable.Range(0, config.NumResBlocks).Select(_ => new ConvNextBlock(config))]);
        attention_blocks = new([.. Enumerable.Range(0, config.NumResBlocks).Select(_ => new SkipFFTransformerBlock(config))]);
        upsample = up ? UVitResample.Up(config) : null;
        RegisterComponents();
    }

    /// <summary>What halves the grid first; null where nothing does.</summary>
    internal UVitResample? downsample { get; }

    /// <summary>What doubles the grid last; null where nothing does.</summary>
    internal UVitResample? upsample { get; }

    /// <summary>The convolutions.</summary>
    internal ModuleList<ConvNextBlock> res_blocks { get; }

    /// <summary>The attention behind each of them.</summary>
    internal ModuleList<SkipFFTransformerBlock> attention_blocks { get; }

    /// <summary>The keys and values of all its attentions.</summary>
    /// <param name="text">[N, S, hidden_size].</param>
    internal IEnumerable<(Tensor Keys, Tensor Values)> Project(Tensor text) => attention_blocks.SelectMany(b => b.Project(text));

    /// <summary>Computes convolutions and attentions; what resamples is the caller's to call.</summary>
    /// <param name="rows">[Pictures, Rows, channels]; where the groups' rows are still the same, [Pictures, GridRows, channels].</param>
    /// <param name="shared">Whether they are: then they part behind the first convolution, which comes before any condition.</param>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="height">Rows of a grid.</param>
    /// <param name="width">Columns of a grid.</param>
    /// <param name="conditioning">The keys, values and modulations of the whole network.</param>
    /// <param name="keys">Which keys and values are this block's first.</param>
    /// <param name="modulation">Which modulation is this block's first.</param>
    /// <returns>[Pictures, Rows, channels].</returns>
    internal Tensor Rows(Tensor rows, bool shared, RowLayout layout, int height, int width, Conditioning conditioning, int keys, int modulation)
    {
        for (int i = 0; i < res_blocks.Count; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor convolved = shared && i == 0
                ? layout.Share(res_blocks[i].Convolve(rows, layout.Ungrouped, height, width))
                : res_blocks[i].Convolve(rows, layout, height, width);
            layout.Modulate(convolved, conditioning.Modulations[modulation + i]);
            rows = scope.MoveToOuter(attention_blocks[i].Rows(convolved, layout, conditioning, keys + (2 * i)));
        }

        return rows;
    }
}
