using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>
/// The frozen text encoder's output brought to the transformer's dimensions: a linear layer and a normalisation; and, where
/// the configuration asks for it, the whole text as one vector for every position.
/// </summary>
internal sealed class TextProjection : nn.Module
{
    private readonly Linear linear;
    private readonly LayerNorm norm;
    private readonly Linear? pooled;
    private readonly int _positions;

    internal TextProjection(MuseTransformerConfig config)
        : base(nameof(TextProjection))
    {
        linear = Initial.Linear(config.TextDim, config.Dim);
        norm = nn.LayerNorm(config.Dim);
        pooled = config.PooledText ? Initial.Linear(config.Dim, config.Dim) : null;
        _positions = config.Positions;
        RegisterComponents();
    }

    /// <summary>Projects.</summary>
    /// <param name="text">[N, TextLength, TextDim].</param>
    /// <returns>[N, TextLength, Dim].</returns>
    internal Tensor forward(Tensor text) => norm.forward(linear.forward(text));

    /// <summary>What every position starts from.</summary>
    /// <param name="projected">[N, TextLength, Dim]: what <see cref="forward"/> gave.</param>
    /// <param name="mask">bool [N, TextLength], true at words.</param>
    /// <returns>[N, Positions, Dim], the same at each position; null where the configuration does not ask for it.</returns>
    internal Tensor? Pool(Tensor projected, Tensor mask)
    {
        if (pooled is null)
            return null;
        // Words are about independent: divided by the root of their number, their sum is as large as one of them.
        var words = mask.to(float32).unsqueeze(2);
        var sum = (projected * words).sum(1, keepdim: true) / words.sum(1, keepdim: true).sqrt();
        return pooled.forward(sum).expand(-1, _positions, -1).contiguous();
    }

    /// <summary>What masks a text's padding in attention.</summary>
    /// <param name="mask">bool [N, TextLength], true at words.</param>
    /// <returns>[N, 1, 1, TextLength].</returns>
    internal static Tensor Bias(Tensor mask) => (1 - mask.to(float32)).mul(Conditioning.Masked).unsqueeze(1).unsqueeze(1);
}
