using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>
/// The frozen text encoder's output brought to the transformer's dimensions: a linear layer, over a window of words where the
/// configuration asks for it, and a normalisation; and, where it asks for that, the whole text as one vector for every position.
/// </summary>
internal sealed class TextProjection : nn.Module
{
    private readonly Linear linear;
    private readonly LayerNorm norm;
    private readonly Linear? pooled;
    private readonly int _overlap, _positions;

    internal TextProjection(MuseTransformerConfig config)
        : base(nameof(TextProjection))
    {
        _overlap = config.TextOverlap;
        linear = Initial.Linear(config.TextDim * (1 + (2 * _overlap)), config.Dim);
        norm = nn.LayerNorm(config.Dim);
        pooled = config.PooledText ? Initial.Linear(config.Dim, config.Dim) : null;
        _positions = config.Positions;
        RegisterComponents();
    }

    /// <summary>Projects.</summary>
    /// <param name="text">[N, TextLength, TextDim].</param>
    /// <param name="mask">bool [N, TextLength], true at words.</param>
    /// <returns>[N, TextLength, Dim].</returns>
    internal Tensor forward(Tensor text, Tensor mask) => norm.forward(linear.forward(_overlap == 0 ? text : Windows(text, mask)));

    /// <summary>Each word with those beside it, first to last; zeros where there are none.</summary>
    private Tensor Windows(Tensor text, Tensor mask)
    {
        var (count, length, dim) = (text.size(0), text.size(1), text.size(2));
        var margin = zeros([count, _overlap, dim], device: text.device);
        var words = cat([margin, text * mask.to(float32).unsqueeze(2), margin], 1);
        return cat([.. Enumerable.Range(0, 1 + (2 * _overlap)).Select(i => words.narrow(1, i, length))], 2);
    }

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
}
