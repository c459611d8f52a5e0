using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>
/// shortcut(x) + conv2(silu(norm2(conv1(silu(norm1(x)))))): the residual block of every convolutional autoencoder here
/// (taming-transformers' <c>modules/diffusionmodules/model.py</c>, diffusers' <c>models/resnet.py</c>). They differ in the
/// normalisations and convolutions that they are made of and in the shortcut.
/// </summary>
public class ResidualBlock : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> norm1, norm2;
    private readonly nn.Module<Tensor, Tensor> conv1, conv2;
    private readonly nn.Module<Tensor, Tensor>? shortcut;
    private readonly bool shortcutOfResult;

    /// <summary>Makes a block that keeps its number of channels, C.</summary>
    /// <param name="norm1">[N, C, H, W] to the same.</param>
    /// <param name="conv1">[N, C, H, W] to [N, C', H, W].</param>
    /// <param name="norm2">[N, C', H, W] to the same.</param>
    /// <param name="conv2">[N, C', H, W] to [N, C, H, W].</param>
    internal ResidualBlock(nn.Module<Tensor, Tensor> norm1, nn.Module<Tensor, Tensor> conv1, nn.Module<Tensor, Tensor> norm2, nn.Module<Tensor, Tensor> conv2)
        : base(nameof(ResidualBlock))
    {
        (this.norm1, this.norm2, this.conv1, this.conv2) = (norm1, norm2, conv1, conv2);
        register_module(nameof(norm1), norm1);
        register_module(nameof(norm2), norm2);
        register_module(nameof(conv1), conv1);
        register_module(nameof(conv2), conv2);
    }

    /// <summary>Makes a block that changes the number of channels.</summary>
    /// <param name="norm1">[N, C, H, W] to the same.</param>
    /// <param name="conv1">[N, C, H, W] to [N, C', H, W].</param>
    /// <param name="norm2">[N, C', H, W] to the same.</param>
    /// <param name="conv2">[N, C', H, W] to [N, C'', H, W].</param>
    /// <param name="shortcut">The convolution that stands in for x, and its name.</param>
    /// <param name="shortcutOfResult">
    /// Whether the shortcut reads what conv2 gives instead of x, as in open-muse's <c>modeling_maskgit_vqgan.py</c>: x is then lost.
    /// </param>
    internal ResidualBlock(
        nn.Module<Tensor, Tensor> norm1, nn.Module<Tensor, Tensor> conv1, nn.Module<Tensor, Tensor> norm2, nn.Module<Tensor, Tensor> conv2,
        (string Name, nn.Module<Tensor, Tensor> Module) shortcut, bool shortcutOfResult)
        : this(norm1, conv1, norm2, conv2)
    {
        (this.shortcut, this.shortcutOfResult) = (shortcut.Module, shortcutOfResult);
        register_module(shortcut.Name, shortcut.Module);
    }

    /// <summary>Computes the block.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, C'', H, W].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = conv1.forward(norm1.forward(input).silu());
        Tensor result = conv2.forward(norm2.forward(hidden).silu());
        Tensor residual = shortcut is null ? input : shortcut.forward(shortcutOfResult ? result : input);
        return scope.MoveToOuter(residual + result);
    }
}
