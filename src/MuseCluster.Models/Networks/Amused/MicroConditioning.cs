using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// The condition of the whole network: the pooled text, then the numbers of the micro-conditioning as cosines and sines,
/// through two projections with SiLU between them (SDXL, arXiv 2307.01952, section 2.2; <c>TimestepEmbedding</c> and
/// <c>get_timestep_embedding</c> of diffusers' <c>models/embeddings.py</c>).
/// </summary>
internal sealed class MicroConditioning : nn.Module
{
    private const double MaxPeriod = 10000;
    private readonly Projection linear_1, linear_2;
    private readonly UVit2DConfig config;

    /// <summary>Makes the layer; its weights are unset.</summary>
    internal MicroConditioning(UVit2DConfig config)
        : base(nameof(MicroConditioning))
    {
        this.config = config;
        linear_1 = new Projection(config.MicroCondEmbedDim + config.CondEmbedDim, config.HiddenSize, config.UseBias);
        linear_2 = new Projection(config.HiddenSize, config.HiddenSize, config.UseBias);
        RegisterComponents();
    }

    /// <summary>Computes the condition.</summary>
    /// <param name="pooledText">[B, cond_embed_dim].</param>
    /// <param name="microConds">[B, n], n numbers of micro_cond_encode_dim each.</param>
    /// <returns>[B, hidden_size].</returns>
    internal Tensor forward(Tensor pooledText, Tensor microConds)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor encoded = Encode(microConds).view(microConds.size(0), config.MicroCondEmbedDim);
        Tensor all = cat([pooledText.to(float32), encoded], 1).to(linear_1.weight.dtype);
        return scope.MoveToOuter(linear_2.Vectors(linear_1.Vectors(all).silu()));
    }

    /// <summary>Each number x as cos(x f_i), then sin(x f_i), where f_i = 10000^(-i / half); an odd width ends in 0.</summary>
    private Tensor Encode(Tensor numbers)
    {
        long width = config.MicroCondEncodeDim, half = width / 2;
        Tensor steps = arange(half, float32, numbers.device);
        // The two references round the exponents differently. Picture sizes reach thousands, and multiply the difference.
        Tensor exponents = config.Source == UVit2DSource.Diffusers
            ? steps.mul(-Math.Log(MaxPeriod)).div(half)
            : steps.mul(-(Math.Log(MaxPeriod) / half));
        Tensor angles = numbers.to(float32).unsqueeze(-1).mul(exponents.exp());
        Tensor encoded = cat([angles.cos(), angles.sin()], -1);
        return width % 2 == 0 ? encoded : nn.functional.pad(encoded, [0, 1]);
    }
}
