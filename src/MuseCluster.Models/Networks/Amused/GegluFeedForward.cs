using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// The feed-forward layer of a transformer layer: out(value * gelu(gate)), with GELU by the error function (arXiv
/// 2002.05202). One projection, <c>net.0.proj</c>, gives the value and then the gate; <c>net.2</c> is the way out
/// (<c>FeedForward</c> of diffusers' <c>models/attention.py</c>).
/// </summary>
internal sealed class GegluFeedForward : nn.Module<Tensor, Tensor>
{
    private readonly Projection proj, output;

    /// <summary>Makes a layer; its weights are unset.</summary>
    internal GegluFeedForward(UVit2DConfig config)
        : base(nameof(GegluFeedForward))
    {
        proj = new Projection(config.HiddenSize, 2L * config.IntermediateSize, config.UseBias);
        output = new Projection(config.IntermediateSize, config.HiddenSize, config.UseBias);
        // The reference's net.1 is its dropout.
        register_module("net", new Named(("0", new Named((nameof(proj), proj))), ("2", output)));
    }

    /// <summary>Computes the layer.</summary>
    /// <param name="input">[..., hidden_size].</param>
    /// <returns>[..., hidden_size].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(output.forward(HostGelu.Gated(proj.forward(input))));
    }

    /// <summary>Modules under the names that the reference's nesting gives them.</summary>
    private sealed class Named : nn.Module
    {
        internal Named(params (string Name, nn.Module Module)[] modules)
            : base(nameof(Named))
        {
            foreach (var (name, module) in modules) register_module(name, module);
        }
    }
}
