using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Clip;

/// <summary>The feed-forward layer of a block: fc2(act(fc1(x))) (<c>CLIPMLP</c> of transformers' <c>models/clip/modeling_clip.py</c>).</summary>
internal sealed class ClipMlp : nn.Module<Tensor, Tensor>
{
    private const double QuickGeluSlope = 1.702;
    private readonly Projection fc1, fc2;
    private readonly ClipActivation activation;

    /// <summary>Makes a layer; its weights are unset.</summary>
    internal ClipMlp(ClipTextConfig config)
        : base(nameof(ClipMlp))
    {
        activation = config.HiddenAct;
        fc1 = new Projection(config.HiddenSize, config.IntermediateSize, hasBias: true);
        fc2 = new Projection(config.IntermediateSize, config.HiddenSize, hasBias: true);
        RegisterComponents();
    }

    /// <summary>Computes the layer.</summary>
    /// <param name="input">[..., hidden_size].</param>
    /// <returns>[..., hidden_size].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inner = fc1.forward(input);
        Tensor active = activation == ClipActivation.Gelu ? inner.gelu() : inner.mul(inner.mul(QuickGeluSlope).sigmoid());
        return scope.MoveToOuter(fc2.forward(active));
    }
}
