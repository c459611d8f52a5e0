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

    /// <summary>Computes the block.</summary>
    /// <param name="input">[B, channels, H, W].</param>
    /// <param name="text">[B, L, hidden_size].</param>
    /// <param name="condition">[B, hidden_size].</param>
    /// <returns>[B, channels, H, W], or with both sides halved or doubled.</returns>
    internal Tensor forward(Tensor input, Tensor text, Tensor condition)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = downsample is null ? input : downsample.forward(input);
        foreach (var (res, attention) in res_blocks.Zip(attention_blocks))
        {
            Tensor convolved = res.forward(hidden, condition);
            Tensor places = convolved.flatten(2).transpose(1, 2);
            hidden = attention.forward(places, text).transpose(1, 2).reshape(convolved.shape);
        }

        return scope.MoveToOuter(upsample is null ? hidden : upsample.forward(hidden));
    }
}
