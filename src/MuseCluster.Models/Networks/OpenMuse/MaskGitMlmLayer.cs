using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.OpenMuse;

/// <summary>States to logits through a dense layer: to_logits(norm(gelu(mlm_dense(x)))) (<c>MlmLayer</c> of open-muse's <c>muse/modeling_transformer.py</c>).</summary>
public sealed class MaskGitMlmLayer : nn.Module<Tensor, Tensor>
{
    private readonly Linear dense;
    private readonly nn.Module<Tensor, Tensor>? norm;
    private readonly Linear logits;

    /// <summary>Makes a layer.</summary>
    /// <param name="config">The model.</param>
    public MaskGitMlmLayer(MaskGitConfig config)
        : base(nameof(MaskGitMlmLayer))
    {
        ArgumentNullException.ThrowIfNull(config);
        dense = nn.Linear(config.HiddenSize, config.HiddenSize, config.UseBias);
        norm = config.UseMlmLayernorm ? MaskGitNorm.Make(config.HiddenSize, config.NormType, config.LayerNormEps, config.UseBias) : null;
        logits = nn.Linear(config.HiddenSize, config.OutputSize, config.UseBias);
        register_module("mlm_dense", dense);
        if (norm is not null) register_module("mlm_ln", norm);
        register_module("to_logits", logits);
    }

    /// <summary>Computes logits.</summary>
    /// <param name="input">[..., hidden_size].</param>
    /// <returns>[..., <see cref="MaskGitConfig.OutputSize"/>].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(logits.forward(Hidden(input)));
    }

    /// <summary>The last layer.</summary>
    internal Linear Logits => logits;

    /// <summary>What the last layer takes.</summary>
    /// <param name="input">[..., hidden_size].</param>
    /// <returns>[..., hidden_size].</returns>
    internal Tensor Hidden(Tensor input)
    {
        Tensor x = dense.forward(input).gelu();
        return norm is null ? x : norm.forward(x);
    }
}
