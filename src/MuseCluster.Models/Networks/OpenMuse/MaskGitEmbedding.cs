using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.OpenMuse;

/// <summary>Tokens and positions to vectors, added (<c>Embed</c> of open-muse's <c>muse/modeling_transformer.py</c>).</summary>
public sealed class MaskGitEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly Embedding words;
    private readonly Embedding positions;

    /// <summary>Makes the tables.</summary>
    /// <param name="config">The model.</param>
    public MaskGitEmbedding(MaskGitConfig config)
        : base(nameof(MaskGitEmbedding))
    {
        ArgumentNullException.ThrowIfNull(config);
        words = nn.Embedding(config.VocabSize, config.HiddenSize);
        positions = nn.Embedding(config.MaxPositionEmbeddings, config.HiddenSize);
        register_module("word_embeddings", words);
        register_module("position_embeddings", positions);
    }

    /// <summary>Embeds.</summary>
    /// <param name="input">[B, N] int64 tokens.</param>
    /// <returns>[B, N, hidden_size].</returns>
    public override Tensor forward(Tensor input) => forward(input, 0);

    /// <summary>Embeds tokens that others stand before.</summary>
    /// <param name="input">[B, N] int64 tokens.</param>
    /// <param name="first">The position of the first of them.</param>
    /// <returns>[B, N, hidden_size].</returns>
    internal Tensor forward(Tensor input, long first)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(words.forward(input).add(positions.weight.narrow(0, first, input.size(1))));
    }
}
