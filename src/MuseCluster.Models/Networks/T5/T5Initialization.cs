using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.T5;

/// <summary>
/// First weights of a T5 model: normal, with the deviations of Mesh TensorFlow and of HuggingFace's
/// <c>T5PreTrainedModel._init_weights</c>. That of <c>q</c> makes up for scores that are not divided by sqrt(d_kv).
/// </summary>
public static class T5Initialization
{
    /// <summary>Draws every parameter of a T5 module by its name; normalisations become 1.</summary>
    /// <param name="module">An encoder, a decoder, or a part of one.</param>
    /// <param name="config">The model.</param>
    /// <exception cref="ArgumentException">A parameter is none of T5's.</exception>
    public static void Draw(nn.Module module, T5Config config)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(config);
        foreach (var (name, parameter) in module.named_parameters())
        {
            string[] parts = name.Split('.');
            string layer = parts.Length > 1 ? parts[^2] : name;
            if (layer is "layer_norm" or "final_layer_norm") nn.init.constant_(parameter, 1);
            else nn.init.normal_(parameter, 0, Deviation(layer, name, config));
        }
    }

    private static double Deviation(string layer, string name, T5Config config) => layer switch
    {
        "shared" => 1,
        "q" => 1 / Math.Sqrt((double)config.DModel * config.DKv),
        "o" => 1 / Math.Sqrt((double)config.NumHeads * config.DKv),
        "wo" => 1 / Math.Sqrt(config.DFf),
        // HuggingFace draws lm_head with 1, which starts training at losses in the tens; t5x with the fan-in, as here.
        "k" or "v" or "wi" or "wi_0" or "wi_1" or "relative_attention_bias" or "lm_head" => 1 / Math.Sqrt(config.DModel),
        _ => throw new ArgumentException($"{name} is not a parameter of T5", nameof(name)),
    };
}
