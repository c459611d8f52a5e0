using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Models.Networks.MuseMaskGitPytorch;
using MuseCluster.Models.Networks.OpenMuse;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Decoding;

/// <summary>Tiny random transformers of every family, of 29 codes each.</summary>
internal static class TinyNetworks
{
    private const int Codes = 29;

    public static readonly string[] Muse = ["base", "base-patch", "superres-skip", "superres-patch", "superres-patch-skip"];

    public static readonly string[] Families = ["uvit", "uvit-halved", "maskgit-text", "maskgit-class", "pytorch-base", "pytorch-superres", "pytorch-superres-selfcond"];

    /// <summary>A network wide enough for matrix kernels to round rows by where they stand.</summary>
    public const string Wide = "wide";

    /// <summary>Makes a network, the same one every time.</summary>
    public static IMaskedTransformer Make(string kind)
    {
        manual_seed(7);
        (nn.Module module, IMaskedTransformer network) = kind switch
        {
            Wide => Own(new BaseTransformer(new BaseTransformerConfig
            {
                CodebookSize = 301, GridSize = 8, TextDim = 8, TextLength = 5, Dim = 192, Layers = 1, Heads = 4, MlpDim = 576, Patch = 2, TokenDim = 48,
            })),
            "uvit" => UVit(halved: false),
            "uvit-halved" => UVit(halved: true),
            "maskgit-text" => MaskGit(text: true),
            "maskgit-class" => MaskGit(text: false),
            "pytorch-base" => Pytorch(superres: false, selfCond: false),
            "pytorch-superres" => Pytorch(superres: true, selfCond: false),
            "pytorch-superres-selfcond" => Pytorch(superres: true, selfCond: true),
            _ => OfMuse(kind),
        };
        // Sharper logits than those of new weights, so that guidance and conditioning decide tokens.
        using var guard = no_grad();
        var weights = module.state_dict();
        foreach (var head in new[] { "output.head.weight", "mlm_layer.to_logits.weight", "to_logits.weight" })
            if (weights.TryGetValue(head, out var weight))
                weight.mul_(6);
        module.requires_grad_(false);
        return network;
    }

    private static (nn.Module, IMaskedTransformer) Own<T>(T network)
        where T : nn.Module, IMaskedTransformer => (network, network);

    private static (nn.Module, IMaskedTransformer) OfMuse(string kind)
    {
        var patch = kind.Contains("patch", StringComparison.Ordinal) ? 2 : 1;
        if (kind.StartsWith("base", StringComparison.Ordinal))
        {
            return Own(new BaseTransformer(new BaseTransformerConfig
            {
                CodebookSize = Codes, GridSize = 6, TextDim = 8, TextLength = 5, Dim = 32, Layers = 2, Heads = 2, MlpDim = 48, Patch = patch, PooledText = patch > 1, TokenDim = 16,
            }));
        }

        return Own(new SuperResolutionTransformer(new SuperResolutionTransformerConfig
        {
            CodebookSize = Codes, GridSize = 8, TextDim = 8, TextLength = 5, Dim = 32, Layers = 2, Heads = 2, MlpDim = 48, Patch = patch, TokenDim = 16,
            LowCodebookSize = 17, LowGridSize = 4, LowLayers = 1, LowSkip = kind.EndsWith("skip", StringComparison.Ordinal), PooledText = kind.EndsWith("skip", StringComparison.Ordinal),
        }));
    }

    private static (nn.Module, IMaskedTransformer) UVit(bool halved)
    {
        var model = new UVit2DModel(new UVit2DConfig
        {
            HiddenSize = 32, CondEmbedDim = 12, MicroCondEncodeDim = 8, MicroCondEmbedDim = 40, EncoderHiddenSize = 8, VocabSize = Codes + 3, CodebookSize = Codes,
            InChannels = 24, BlockOutChannels = 24, NumResBlocks = 2, BlockNumHeads = 3, NumHiddenLayers = 2, NumAttentionHeads = 4, IntermediateSize = 48,
            Downsample = halved, Upsample = halved, UseBias = halved, SampleSize = halved ? 6 : 5,
        });
        using var guard = no_grad();
        // Its projections are not drawn when it is made.
        foreach (var (name, weight) in model.state_dict())
            weight.copy_(name.EndsWith("norm.weight", StringComparison.Ordinal) ? ones(weight.shape) : randn(weight.shape) * 0.2);
        return Own(model);
    }

    private static (nn.Module, IMaskedTransformer) MaskGit(bool text)
    {
        var model = new MaskGitTransformer(new MaskGitConfig
        {
            // One head is wide enough for attention on the processor, the other's for that of libtorch.
            VocabSize = Codes + 11, CodebookSize = Codes, HiddenSize = text ? 64 : 32, NumHiddenLayers = 2, NumAttentionHeads = text ? 2 : 4, IntermediateSize = 56,
            NumVqTokens = 36, MaxPositionEmbeddings = 40, AddCrossAttention = text, EncoderHiddenSize = 8, ProjectEncoderHiddenStates = true,
            NumClasses = text ? null : 10, NormType = text ? MaskGitNormType.RmsNorm : MaskGitNormType.LayerNorm, UseBias = !text,
        });
        return (model, new MaskGitMaskedTransformer(model));
    }

    private static (nn.Module, IMaskedTransformer) Pytorch(bool superres, bool selfCond)
    {
        var model = new Transformer(new TransformerConfig
        {
            NumTokens = Codes, Dim = 32, SeqLen = superres ? 36 : 25, Depth = 2, TextEmbedDim = 8, DimHead = superres ? 8 : 32, Heads = superres ? 4 : 2, FfMult = 2, SelfCond = selfCond,
        });
        return (model, new MaskedTransformer(model, superres));
    }
}
