using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Amused;

/// <summary>
/// A U-ViT that is decoded without any of the savings of <see cref="UVit2DModel.Logits"/>, with the same operators: every step
/// runs the whole network over all rows and all places, as the reference does.
/// </summary>
/// <param name="model">The network; owned by the caller.</param>
internal sealed class PlainUVit(UVit2DModel model) : IMaskedTransformer
{
    private ConditioningInput? _input;

    /// <inheritdoc/>
    public MaskedTransformerShape Shape => model.Config.Shape;

    /// <inheritdoc/>
    public Conditioning Condition(ConditioningInput input)
    {
        // Nothing is projected beforehand; one picture is decoded at a time.
        _input = input;
        return new Conditioning([], [], Conditioning.BiasOf(input.Prompt.Mask));
    }

    /// <inheritdoc/>
    public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
    {
        using DisposeScope scope = NewDisposeScope();
        var logits = model.forward(cat([.. Enumerable.Repeat(tokens, layout.Groups)]), _input!.Prompt.Embeddings, _input.Prompt.Pooled!, _input.Micro!)
            .flatten(2).transpose(1, 2).reshape(-1, Shape.CodebookSize);
        return scope.MoveToOuter(rows is null ? logits : logits.index_select(0, rows));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
