using MuseCluster.Bench.Pictures;
using MuseCluster.Models;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Models.Prompts;

namespace MuseCluster.Bench;

/// <summary>The configurations of this project's own networks, whose arithmetic the benchmark counts; it knows no other family's.</summary>
internal static class OwnNetworks
{
    /// <summary>A transformer's configuration.</summary>
    /// <param name="network">The transformer.</param>
    internal static MuseTransformerConfig Config(this IMaskedTransformer network) => network switch
    {
        BaseTransformer low => low.Config,
        SuperResolutionTransformer high => high.Config,
        TimedTransformer timed => timed.Network.Config(),
        _ => throw Unknown("base or superres", network),
    };

    /// <summary>A text encoder's configuration.</summary>
    /// <param name="model">The model.</param>
    internal static T5Config TextConfig(this MuseModel model) =>
        model.Prompts is T5PromptEncoder t5 ? t5.Encoder.Config : throw Unknown("text", model.Prompts);

    /// <summary>A pixel decoder's configuration.</summary>
    /// <param name="model">The model.</param>
    internal static VqGanConfig PixelsConfig(this MuseModel model) => model.Pixels is VqGan own ? own.Config : throw Unknown("pixels", model.Pixels);

    private static ArgumentException Unknown(string stage, object network) =>
        new($"The {stage} stage is a {network.GetType().Name}, whose arithmetic is not counted here; expected a model of this project's own networks.");
}
