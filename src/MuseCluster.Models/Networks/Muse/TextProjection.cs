using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Muse;

/// <summary>The frozen text encoder's output brought to the transformer's dimensions: a linear layer and a normalisation.</summary>
internal sealed class TextProjection : nn.Module
{
    private readonly Linear linear;
    private readonly LayerNorm norm;

    internal TextProjection(int textDim, int dim)
        : base(nameof(TextProjection))
    {
        linear = Initial.Linear(textDim, dim);
        norm = nn.LayerNorm(dim);
        RegisterComponents();
    }

    /// <summary>Projects.</summary>
    /// <param name="text">[N, TextLength, TextDim].</param>
    /// <returns>[N, TextLength, Dim].</returns>
    internal Tensor forward(Tensor text) => norm.forward(linear.forward(text));

    /// <summary>What masks a text's padding in attention.</summary>
    /// <param name="mask">bool [N, TextLength], true at words.</param>
    /// <returns>[N, 1, 1, TextLength].</returns>
    internal static Tensor Bias(Tensor mask) => (1 - mask.to(float32)).mul(Conditioning.Masked).unsqueeze(1).unsqueeze(1);
}
