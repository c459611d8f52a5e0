using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Clip;

/// <summary>
/// A vector per token plus a learned vector per place (<c>CLIPTextEmbeddings</c> of transformers'
/// <c>models/clip/modeling_clip.py</c>).
/// </summary>
internal sealed class ClipTextEmbeddings : nn.Module<Tensor, Tensor>
{
    private readonly Embedding token_embedding, position_embedding;

    /// <summary>Makes both tables.</summary>
    internal ClipTextEmbeddings(ClipTextConfig config)
        : base(nameof(ClipTextEmbeddings))
    {
        token_embedding = nn.Embedding(config.VocabSize, config.HiddenSize);
        position_embedding = nn.Embedding(config.MaxPositionEmbeddings, config.HiddenSize);
        RegisterComponents();
    }

    /// <summary>Looks both up.</summary>
    /// <param name="input">[B, L] int64.</param>
    /// <returns>[B, L, hidden_size].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(token_embedding.forward(input).add(position_embedding.weight.narrow(0, 0, input.size(1))));
    }
}
