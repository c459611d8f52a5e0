using MuseCluster.Models.Prompts;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.OpenMuse;

/// <summary>
/// <see cref="MaskGitTransformer"/> as masked decoding runs it: a text's keys and values, or a class's vector, are computed once
/// per picture instead of at every step, the grid is embedded once for all groups of a picture, and logits are computed only
/// where they are asked for, of codes alone. The numbers are those of <see cref="MaskGitTransformer.forward"/> up to rounding.
/// </summary>
/// <param name="model">The network; owned by this object.</param>
/// <exception cref="ConfigException">Its grids are no squares, or it takes neither texts nor classes.</exception>
public sealed class MaskGitMaskedTransformer(MaskGitTransformer model) : IMaskedTransformer
{
    /// <inheritdoc/>
    public MaskedTransformerShape Shape { get; } = DecodableShape(model.Config);

    /// <inheritdoc/>
    /// <remarks>A class model takes what <see cref="ClassPromptEncoder"/> gives. The reference has no class that stands for none.</remarks>
    public Conditioning Condition(ConditioningInput input)
    {
        using DisposeScope scope = NewDisposeScope();
        if (Shape.Classes is { } classes)
            return OfClasses(ClassPromptEncoder.Numbers(input.Prompt, classes)).MoveToOuter(scope);
        long[] sizes = input.Prompt.Embeddings.shape;
        if (sizes.Length != 3 || sizes[2] != Shape.Prompt.Width)
            throw new ArgumentException($"Prompt.Embeddings has shape [{string.Join(", ", sizes)}]; expected [N, S, {Shape.Prompt.Width}].", nameof(input));
        Tensor text = model.Text(input.Prompt.Embeddings);
        return Conditioning.Of(model.layers.Select(l => l.Project(text)), Conditioning.BiasOf(input.Prompt.Mask)).MoveToOuter(scope);
    }

    /// <inheritdoc/>
    public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
    {
        using DisposeScope scope = NewDisposeScope();
        int before = layout.Positions - Shape.Tokens;
        Tensor grid = model.embed.forward(tokens.flatten(1), before);
        Tensor x = conditioning.Input is { } first ? layout.Share(first, grid) : layout.Share(grid);
        for (int i = 0; i < model.layers.Count; i++)
            x = model.layers[i].Rows(x, layout, conditioning, i);
        Tensor chosen = rows is null
            ? layout.ByGroup(x).narrow(2, before, Shape.Tokens).reshape(-1, x.size(2))
            : x.view(-1, x.size(2)).index_select(0, layout.Order(before == 0 ? rows : rows.add(rows.floor_divide(Shape.Tokens).add(1).mul(before))));
        return scope.MoveToOuter(model.Codes(chosen).to(float32));
    }

    private Conditioning OfClasses(long[] classes)
    {
        Device device = model.parameters().First().device;
        Tensor ids = tensor(Array.ConvertAll(classes, c => model.Config.CodebookSize + c), [classes.Length, 1]).to(device);
        return new Conditioning([], [], zeros([classes.Length, 1, 1, 1], device: device), model.embed.forward(ids));
    }

    private static MaskedTransformerShape DecodableShape(MaskGitConfig config)
    {
        config.CheckDecodable();
        return config.Shape;
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
