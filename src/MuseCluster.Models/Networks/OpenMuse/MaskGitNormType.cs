namespace MuseCluster.Models.Networks.OpenMuse;

/// <summary>How a <see cref="MaskGitTransformer"/> normalises: <c>norm_type</c>.</summary>
public enum MaskGitNormType
{
    /// <summary><c>layernorm</c>: mean and variance, with a shift where the model has biases.</summary>
    LayerNorm,

    /// <summary><c>rmsnorm</c>: the mean square alone, without a shift.</summary>
    RmsNorm,
}
