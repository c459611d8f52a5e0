using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Randomness;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Decoding;

/// <summary>What a picture of a test is decoded by.</summary>
internal sealed record PictureSpec(int Prompt, int Negative, ulong Seed, DecodingOptions Options)
{
    public uint Picture { get; init; }

    /// <summary>A company of pictures that have nothing in common.</summary>
    public static PictureSpec Other(int i) => new(10 + i, 50 + i, (ulong)(1000 + i), new DecodingOptions
    {
        Steps = 1 + (i * 5 % 13),
        Schedule = (MaskSchedule)(i % 7),
        Guidance = i % 3 * 1.5,
        Temperature = i % 4 * 0.7,
        MinP = i % 3 * 0.3,
    });
}

/// <summary>A tiny random transformer with prompts, and pictures to decode with it.</summary>
internal sealed class TinyDecoding : IDisposable
{
    private static readonly Dictionary<(string Kind, int Threads), MaskedDecoderOptions> Found = [];
    private readonly nn.Module _module;
    private readonly string _kind;
    private readonly Func<Tensor, Tensor, int, Conditioning> _condition;

    private TinyDecoding(string kind, nn.Module module, IMaskedTransformer network, Func<Tensor, Tensor, int, Conditioning> condition)
    {
        (_kind, _module, Network, _condition) = (kind, module, network, condition);
        // Sharper logits than those of new weights, so that guidance and conditioning decide tokens.
        using var guard = no_grad();
        module.state_dict()["output.head.weight"].mul_(6);
        module.requires_grad_(false);
    }

    public static readonly string[] Kinds = ["base", "base-patch", "superres-skip", "superres-patch", "superres-patch-skip"];

    /// <summary>A network wide enough for matrix kernels to round rows by where they stand.</summary>
    public const string Wide = "wide";

    public IMaskedTransformer Network { get; }

    public MaskedTransformerShape Shape => Network.Shape;

    public static TinyDecoding Make(string kind)
    {
        manual_seed(7);
        if (kind == Wide)
        {
            var wide = new BaseTransformer(new BaseTransformerConfig
            {
                CodebookSize = 301, GridSize = 8, TextDim = 8, TextLength = 5, Dim = 192, Layers = 1, Heads = 4, MlpDim = 576, Patch = 2, TokenDim = 48,
            });
            return new TinyDecoding(kind, wide, wide, (texts, words, _) => wide.Condition(texts, words));
        }
        var patch = kind.Contains("patch", StringComparison.Ordinal) ? 2 : 1;
        if (kind.StartsWith("base", StringComparison.Ordinal))
        {
            var network = new BaseTransformer(new BaseTransformerConfig
            {
                CodebookSize = 29, GridSize = 6, TextDim = 8, TextLength = 5, Dim = 32, Layers = 2, Heads = 2, MlpDim = 48, Patch = patch, PooledText = patch > 1, TokenDim = 16,
            });
            return new TinyDecoding(kind, network, network, (texts, words, _) => network.Condition(texts, words));
        }
        var config = new SuperResolutionTransformerConfig
        {
            CodebookSize = 29, GridSize = 8, TextDim = 8, TextLength = 5, Dim = 32, Layers = 2, Heads = 2, MlpDim = 48, Patch = patch, TokenDim = 16,
            LowCodebookSize = 17, LowGridSize = 4, LowLayers = 1, LowSkip = kind.EndsWith("skip", StringComparison.Ordinal), PooledText = kind.EndsWith("skip", StringComparison.Ordinal),
        };
        var superres = new SuperResolutionTransformer(config);
        return new TinyDecoding(kind, superres, superres, (texts, words, prompt) =>
        {
            var random = new Random(prompt);
            var low = Enumerable.Range(0, 16).Select(_ => (long)random.Next(17)).ToArray();
            return superres.Condition(texts, words, tensor([.. Enumerable.Repeat(low, (int)texts.size(0)).SelectMany(l => l)], [texts.size(0), 16]));
        });
    }

    /// <summary>The options that keep pictures independent here.</summary>
    public MaskedDecoderOptions Options(int perPass = 8)
    {
        var key = (_kind, get_num_threads());
        if (!Found.TryGetValue(key, out var options))
            options = Found[key] = MaskedDecoderOptions.For(Network, CPU);
        return options.PicturesPerPass == 1 ? options : options with { PicturesPerPass = perPass };
    }

    public MaskedDecoder Decoder(MaskedDecoderOptions? options = null) => new(Network, CPU, options ?? Options());

    /// <summary>The conditioning of prompts, as sequences in this order.</summary>
    public Conditioning Condition(params int[] prompts)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var texts = prompts.SelectMany(p =>
        {
            var random = new Random(p);
            return Enumerable.Range(0, Shape.Prompt.Length * Shape.Prompt.Width).Select(_ => (float)((3 * random.NextDouble()) - 1.5));
        });
        // The prompts have different lengths.
        var words = prompts.SelectMany(p => Enumerable.Range(0, Shape.Prompt.Length).Select(i => i <= p % Shape.Prompt.Length));
        return _condition(
            tensor([.. texts], [prompts.Length, Shape.Prompt.Length, Shape.Prompt.Width]), tensor([.. words], [prompts.Length, Shape.Prompt.Length]), prompts[0]).Keep();
    }

    public MaskedPicture Start(PictureSpec spec) => Resume(spec, [.. Enumerable.Repeat((ushort)Shape.MaskId, Shape.Tokens)], 0);

    public MaskedPicture Resume(PictureSpec spec, ReadOnlySpan<ushort> grid, int step, int? initial = null) => new(
        Shape, grid, step, initial ?? Shape.Tokens, spec.Options,
        spec.Options.Guided ? Condition(spec.Prompt, spec.Negative) : Condition(spec.Prompt), new TokenRandom(spec.Seed, spec.Picture, 0));

    /// <summary>The grids of a picture that is decoded alone, from before the first step on.</summary>
    public ushort[][] Alone(PictureSpec spec)
    {
        using var decoder = Decoder(Options(1));
        using var picture = Start(spec);
        decoder.Add(picture);
        var grids = new List<ushort[]> { picture.Grid.ToArray() };
        while (decoder.Pictures.Count > 0)
        {
            decoder.Step();
            grids.Add(picture.Grid.ToArray());
        }
        return [.. grids];
    }

    public void Dispose() => _module.Dispose();
}
