using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Randomness;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Prompts;
using MuseCluster.Torch;
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
        Rule = (DecodingRule)(i * 3 % 4),
    });
}

/// <summary>A tiny random transformer with prompts, and pictures to decode with it.</summary>
internal sealed class TinyDecoding : IDisposable
{
    private static readonly Dictionary<(string Kind, int Threads), MaskedDecoderOptions> Found = [];
    private readonly string _kind;

    private TinyDecoding(string kind) => (_kind, Network) = (kind, TinyNetworks.Make(kind));

    public static readonly string[] Kinds = [.. TinyNetworks.Muse, .. TinyNetworks.Families];

    public const string Wide = TinyNetworks.Wide;

    public IMaskedTransformer Network { get; }

    public MaskedTransformerShape Shape => Network.Shape;

    /// <summary>The rule of the network's family.</summary>
    public DecodingRule Rule => _kind.Split('-')[0] switch
    {
        "uvit" => DecodingRule.Amused,
        "maskgit" => DecodingRule.OpenMuse,
        "pytorch" => DecodingRule.MuseMaskgitPytorch,
        _ => DecodingRule.Muse,
    };

    public static TinyDecoding Make(string kind) => new(kind);

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
        // What belongs to a picture as a whole is the first prompt's.
        var own = new Random(prompts[0]);
        Tensor Alike(long[] values) => tensor([.. Enumerable.Repeat(values, prompts.Length).SelectMany(v => v)], [prompts.Length, values.Length]);
        var low = Shape.Low is { } smaller ? Alike([.. Enumerable.Range(0, smaller.Tokens ?? 9).Select(_ => (long)own.Next(smaller.CodebookSize))]) : null;
        var micro = Shape.MicroConditioned ? Alike([48, 48, 0, 0, prompts[0] % 10]).to(float32) : null;
        return Network.Condition(new ConditioningInput(Prompt(prompts), low, micro)).Keep();
    }

    private PromptEmbedding Prompt(int[] prompts)
    {
        if (Shape.Classes is { } classes)
            return new PromptEmbedding(tensor(Array.ConvertAll(prompts, p => (float)(p % classes)), [prompts.Length, 1, 1]), ones(prompts.Length, 1).ne(0));
        var length = Shape.Prompt.Length == 0 ? 5 : Shape.Prompt.Length;
        Tensor Numbers(int count, int seed) => tensor(prompts.SelectMany(p =>
        {
            var random = new Random(p + seed);
            return Enumerable.Range(0, count).Select(_ => (float)((3 * random.NextDouble()) - 1.5));
        }).ToArray(), [prompts.Length, count]);
        // The prompts have different lengths.
        var words = prompts.SelectMany(p => Enumerable.Range(0, length).Select(i => i <= p % length));
        return new PromptEmbedding(
            Numbers(length * Shape.Prompt.Width, 0).view(prompts.Length, length, Shape.Prompt.Width), tensor([.. words], [prompts.Length, length]),
            Shape.Prompt.Pooled == 0 ? null : Numbers(Shape.Prompt.Pooled, 1000));
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

    public void Dispose() => Network.Dispose();
}
