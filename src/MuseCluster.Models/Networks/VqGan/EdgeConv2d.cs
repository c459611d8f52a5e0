using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.VqGan;

/// <summary>A convolution padded by 1 on every side (0 for a kernel of 1): by the edge's own pixels where local, else by zeros.</summary>
internal sealed class EdgeConv2d : nn.Module<Tensor, Tensor>
{
    private readonly ReplicationPad2d? _edge;
    private readonly Conv2d convolution;

    internal EdgeConv2d(int input, int output, int kernel, int stride, bool local)
        : base(nameof(EdgeConv2d))
    {
        _edge = local && kernel > 1 ? nn.ReplicationPad2d(1) : null;
        convolution = nn.Conv2d(input, output, kernel, stride, padding: _edge is not null || kernel == 1 ? 0 : 1);
        register_parameter(nameof(weight), convolution.weight);
        register_parameter("bias", convolution.bias!);
    }

    /// <summary>[output, input, kernel, kernel].</summary>
    internal Parameter weight => convolution.weight;

    public override Tensor forward(Tensor input) =>
        convolution.forward(_edge is null ? input : _edge.forward(input));
}
