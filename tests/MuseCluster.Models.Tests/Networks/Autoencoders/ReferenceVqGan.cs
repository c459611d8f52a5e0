using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Autoencoders;

/// <summary>
/// Encoder and decoder of a VQGAN (arXiv 2012.09841, appendix A.7), computed from a state alone: what it holds tells the levels, the
/// blocks and the attentions. It shares nothing with the networks under test but the operators.
/// </summary>
/// <param name="state">Parameters by name.</param>
/// <param name="diffusers">Whether names are diffusers' rather than taming's.</param>
/// <param name="groups">Groups of the normalisations.</param>
internal sealed class ReferenceVqGan(IReadOnlyDictionary<string, Tensor> state, bool diffusers, int groups)
{
    private string Shortcut => diffusers ? "conv_shortcut" : "nin_shortcut";

    public Tensor Encode(Tensor pixels)
    {
        string levels = diffusers ? "encoder.down_blocks" : "encoder.down";
        Tensor x = Conv("encoder.conv_in", pixels, 1);
        for (int level = 0; Holds($"{levels}.{level}."); level++)
        {
            x = Level($"{levels}.{level}", x);
            string down = diffusers ? $"{levels}.{level}.downsamplers.0.conv" : $"{levels}.{level}.downsample.conv";
            if (Holds(down)) x = Conv(down, nn.functional.pad(x, [0, 1, 0, 1]), 0, stride: 2);
        }

        return Output("encoder", Middle("encoder", x));
    }

    public Tensor Decode(Tensor latents)
    {
        string levels = diffusers ? "decoder.up_blocks" : "decoder.up";
        int count = Enumerable.Range(0, 20).TakeWhile(level => Holds($"{levels}.{level}.")).Count();
        Tensor x = Middle("decoder", Conv("decoder.conv_in", latents, 1));
        for (int i = 0; i < count; i++)
        {
            // taming counts from the finest level, which runs last.
            int level = diffusers ? i : count - 1 - i;
            x = Level($"{levels}.{level}", x);
            string up = diffusers ? $"{levels}.{level}.upsamplers.0.conv" : $"{levels}.{level}.upsample.conv";
            if (Holds(up)) x = Conv(up, x.repeat_interleave(2, 2).repeat_interleave(2, 3), 1);
        }

        return Output("decoder", x);
    }

    public Tensor Project(string convolution, Tensor x) => Conv(convolution, x, 0);

    private Tensor Level(string level, Tensor x)
    {
        string blocks = diffusers ? "resnets" : "block", attentions = diffusers ? "attentions" : "attn";
        for (int i = 0; Holds($"{level}.{blocks}.{i}."); i++)
        {
            x = Block($"{level}.{blocks}.{i}", x);
            if (Holds($"{level}.{attentions}.{i}.")) x = Attention($"{level}.{attentions}.{i}", x);
        }

        return x;
    }

    private Tensor Middle(string part, Tensor x)
    {
        string[] names = diffusers ? ["mid_block.resnets.0", "mid_block.attentions.0", "mid_block.resnets.1"] : ["mid.block_1", "mid.attn_1", "mid.block_2"];
        x = Block($"{part}.{names[0]}", x);
        if (Holds($"{part}.{names[1]}.")) x = Attention($"{part}.{names[1]}", x);
        return Block($"{part}.{names[2]}", x);
    }

    private Tensor Output(string part, Tensor x) => Conv($"{part}.conv_out", Swish(Norm($"{part}.{(diffusers ? "conv_norm_out" : "norm_out")}", x)), 1);

    private Tensor Block(string name, Tensor x)
    {
        Tensor hidden = Conv($"{name}.conv1", Swish(Norm($"{name}.norm1", x)), 1);
        hidden = Conv($"{name}.conv2", Swish(Norm($"{name}.norm2", hidden)), 1);
        return (Holds($"{name}.{Shortcut}.") ? Conv($"{name}.{Shortcut}", x, 0) : x) + hidden;
    }

    private Tensor Attention(string name, Tensor x)
    {
        long[] size = x.shape;
        long channels = size[1];
        Tensor normal = Norm($"{name}.{(diffusers ? "group_norm" : "norm")}", x).flatten(2).transpose(1, 2);
        Tensor Projected(string taming, string theirs, Tensor of)
        {
            string weights = $"{name}.{(diffusers ? theirs : taming)}";
            return of.matmul(state[weights + ".weight"].reshape(channels, channels).t()) + state[weights + ".bias"];
        }

        Tensor scores = Projected("q", "to_q", normal).matmul(Projected("k", "to_k", normal).transpose(1, 2)) / Math.Sqrt(channels);
        Tensor mixed = Projected("proj_out", "to_out.0", scores.softmax(-1).matmul(Projected("v", "to_v", normal)));
        return x + mixed.transpose(1, 2).reshape(size);
    }

    // Each group's mean and variance by hand, over its channels and all places.
    private Tensor Norm(string name, Tensor x)
    {
        long[] size = x.shape;
        Tensor grouped = x.reshape(size[0], groups, -1);
        Tensor centred = grouped - grouped.mean([-1], keepdim: true);
        Tensor normal = centred / (centred.square().mean([-1], keepdim: true) + 1e-6).sqrt();
        return (normal.reshape(size) * state[name + ".weight"].view(1, -1, 1, 1)) + state[name + ".bias"].view(1, -1, 1, 1);
    }

    private Tensor Conv(string name, Tensor x, long padding, long stride = 1) =>
        nn.functional.conv2d(x, state[name + ".weight"], state[name + ".bias"], [stride, stride], [padding, padding], [1, 1], 1);

    private static Tensor Swish(Tensor x) => x * (1 / (1 + x.neg().exp()));

    private bool Holds(string prefix) => state.Keys.Any(key => key.StartsWith(prefix, StringComparison.Ordinal));
}
