using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Autoencoders;

/// <summary>
/// x + out(softmax(q k^T / sqrt(C)) v) over the H W positions of a picture, with one head and of the normalised x: taming's
/// <c>AttnBlock</c>, and diffusers' <c>Attention</c> as its autoencoders use it.
/// </summary>
public sealed class SpatialAttention : nn.Module<Tensor, Tensor>
{
    private readonly GroupNorm norm;
    private readonly PointProjection query, key, value, output;

    internal SpatialAttention(int channels, int groups, double epsilon, AttentionNames names)
        : base(nameof(SpatialAttention))
    {
        norm = nn.GroupNorm(groups, channels, epsilon);
        query = new PointProjection(channels, names.Convolutions);
        key = new PointProjection(channels, names.Convolutions);
        value = new PointProjection(channels, names.Convolutions);
        output = new PointProjection(channels, names.Convolutions);
        register_module(names.Norm, norm);
        register_module(names.Query, query);
        register_module(names.Key, key);
        register_module(names.Value, value);
        ModulePath.Register(this, names.Output, output);
    }

    /// <summary>Attends.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, C, H, W].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normed = norm.forward(input);
        Tensor mixed = nn.functional.scaled_dot_product_attention(
            Positions(query.forward(normed)), Positions(key.forward(normed)), Positions(value.forward(normed)));
        Tensor picture = mixed.squeeze(1).transpose(1, 2).reshape(input.shape);
        return scope.MoveToOuter(input + output.forward(picture));
    }

    // [N, C, H, W] to [N, 1, H W, C]: one head.
    private static Tensor Positions(Tensor x) => x.flatten(2).transpose(1, 2).unsqueeze(1);
}
