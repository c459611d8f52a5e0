using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders.OpenMuse;

/// <summary>
/// The residual block of Paella's tokenizer (arXiv 2211.07292; open-muse's <c>ResBlock</c>): a convolution within each channel,
/// then an MLP within each position, each after a normalisation without weights that six learned numbers scale and shift.
/// </summary>
internal sealed class PaellaBlock : nn.Module<Tensor, Tensor>
{
    private const int Widening = 4;
    private const double Epsilon = 1e-6;
    private readonly long channels;
    private readonly Chain depthwise = new();
    private readonly Sequential channelwise;
    private readonly Parameter gammas;

    internal PaellaBlock(int channels)
        : base(nameof(PaellaBlock))
    {
        this.channels = channels;
        depthwise.Add("", nn.ReplicationPad2d(1));
        depthwise.Add("1", nn.Conv2d(channels, channels, 3, groups: channels));
        channelwise = nn.Sequential(nn.Linear(channels, Widening * channels), nn.GELU(), nn.Linear(Widening * channels, channels));
        using Tensor zero = zeros(6);
        gammas = new Parameter(zero);
        register_module(nameof(depthwise), depthwise);
        register_module(nameof(channelwise), channelwise);
        register_parameter(nameof(gammas), gammas);
    }

    /// <summary>Computes the block.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, C, H, W].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] gamma = gammas.unbind();
        Tensor spatial = Normalized(input, gamma[0], gamma[1]).permute(0, 3, 1, 2);
        Tensor hidden = input + (depthwise.forward(spatial) * gamma[2]);
        Tensor mixed = channelwise.forward(Normalized(hidden, gamma[3], gamma[4]));
        return scope.MoveToOuter(hidden + (mixed.permute(0, 3, 1, 2) * gamma[5]));
    }

    // [N, C, H, W] to [N, H, W, C].
    private Tensor Normalized(Tensor x, Tensor scale, Tensor shift) =>
        (nn.functional.layer_norm(x.permute(0, 2, 3, 1), [channels], eps: Epsilon) * (scale + 1)) + shift;
}
