using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>Muse's base model (arXiv 2301.00704, section 2.3): text to a grid of low-resolution tokens.</summary>
public sealed class BaseTransformer : nn.Module, IMaskedTransformer
{
    private readonly TextProjection text;
    private readonly TokenGridInput input;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly TokenGridOutput output;

    /// <summary>Builds the network with initial weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <exception cref="ConfigException">The configuration cannot be built.</exception>
    public BaseTransformer(BaseTransformerConfig config)
        : base(nameof(BaseTransformer))
    {
        config.Validate();
        Config = config;
        text = new TextProjection(config);
        input = new TokenGridInput(config);
        blocks = TransformerBlock.Stack(config, config.Layers, cross: true);
        output = new TokenGridOutput(config);
        RegisterComponents();
    }

    /// <summary>Its shape, as it is configured.</summary>
    public BaseTransformerConfig Config { get; }

    /// <inheritdoc/>
    public MaskedTransformerShape Shape => Config.Shape;

    /// <inheritdoc/>
    public Conditioning Condition(ConditioningInput input) => Condition(input.Prompt.Embeddings, input.Prompt.Mask);

    /// <summary>Projects texts to every layer's keys and values.</summary>
    /// <param name="embeddings">[N, TextLength, TextDim].</param>
    /// <param name="mask">bool [N, TextLength], true at words.</param>
    /// <returns>The conditioning of N sequences.</returns>
    public Conditioning Condition(Tensor embeddings, Tensor mask)
    {
        var words = text.forward(embeddings, mask);
        return TransformerBlock.Project(blocks, words, Conditioning.BiasOf(mask), text.Pool(words, mask));
    }

    /// <inheritdoc/>
    public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
    {
        var x = input.forward(tokens.flatten(1), layout, conditioning.Input);
        for (var i = 0; i < blocks.Count; i++)
            x = blocks[i].forward(x, layout, conditioning, i);
        return output.forward(x, layout, rows);
    }
}
