using System.Text.RegularExpressions;

namespace MuseCluster.Models.Networks.Amused;

/// <summary>
/// The names that open-muse's <c>MaskGiTUViT_v2</c> gives to the parameters of <see cref="UVit2DModel"/> (open-muse's
/// <c>muse/modeling_transformer_v2.py</c>).
/// </summary>
internal static partial class OpenMuseNames
{
    // Applied in turn; what comes first must not make names that a later one takes for its own.
    private static readonly (string Ours, string Theirs)[] Replacements =
    [
        ("cond_embed.linear_1.", "cond_embed.0."),
        ("cond_embed.linear_2.", "cond_embed.2."),
        ("down_block.", "down_blocks.0."),
        ("up_block.", "up_blocks.0."),
        (".downsample.norm.", ".downsample.0.norm."),
        (".downsample.conv.", ".downsample.1."),
        (".upsample.norm.", ".upsample.0.norm."),
        (".upsample.conv.", ".upsample.1."),
        (".channelwise_linear_1.", ".channelwise.0."),
        (".channelwise_norm.", ".channelwise.2."),
        (".channelwise_linear_2.", ".channelwise.4."),
        (".cond_embeds_mapper.", ".adaLN_modulation.mapper."),
        (".attn1.", ".attention."),
        (".attn2.", ".crossattention."),
        (".to_q.", ".query."),
        (".to_k.", ".key."),
        (".to_v.", ".value."),
        (".to_out.0.", ".out."),
        (".norm1.linear.", ".self_attn_adaLN_modulation.mapper."),
        (".norm2.linear.", ".cross_attn_adaLN_modulation.mapper."),
        (".norm3.linear.", ".ffn.adaLN_modulation.mapper."),
        (".norm3.norm.", ".ffn.pre_mlp_layer_norm."),
        (".norm1.norm.", ".attn_layer_norm."),
        (".norm2.norm.", ".crossattn_layer_norm."),
        (".norm1.", ".attn_layer_norm."),
        (".norm2.", ".crossattn_layer_norm."),
        (".ff.net.2.", ".ffn.wo."),
        ("mlm_layer.layer_norm.", "mlm_layer.layer_norm.norm."),
    ];

    /// <summary>What open-muse calls a parameter.</summary>
    /// <param name="name">Its name here.</param>
    /// <returns>One name; or two, whose tensors stand one below the other in ours: value, then gate.</returns>
    public static string[] Of(string name)
    {
        if (name.Contains(".ff.net.0.proj.", StringComparison.Ordinal))
        {
            return [name.Replace(".ff.net.0.proj.", ".ffn.wi_1.", StringComparison.Ordinal), name.Replace(".ff.net.0.proj.", ".ffn.wi_0.", StringComparison.Ordinal)];
        }

        string theirs = Replacements.Aggregate(name, (n, r) => n.Replace(r.Ours, r.Theirs, StringComparison.Ordinal));
        return [ResBlockNorm().Replace(theirs, "$1norm.norm.")];
    }

    [GeneratedRegex(@"^((?:down|up)_blocks\.0\.res_blocks\.\d+\.)norm\.")]
    private static partial Regex ResBlockNorm();
}
