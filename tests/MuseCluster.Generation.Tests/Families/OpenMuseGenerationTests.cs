using System.Globalization;
using System.Text.RegularExpressions;
using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Generation.Randomness;
using MuseCluster.Generation.Tests.Decoding;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.OpenMuse;
using MuseCluster.Models.Prompts;
using MuseCluster.Tests.Shared;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Families;

/// <summary>
/// open-muse's <c>generate2</c> (<c>muse/modeling_transformer.py</c>) through the project's own decoder: every step's masks and the last
/// tokens are the reference's, where its draws are fed in.
/// </summary>
[Collection(nameof(DecoderTests))]
public sealed class OpenMuseGenerationTests
{
    /// <summary>The cases with a generation, and those of the folder that MUSE_GOLDEN names, and how it was run, which their notes say.</summary>
    public static TheoryData<string, int, double, double> Cases
    {
        get
        {
            var data = new TheoryData<string, int, double, double>();
            string[] roots = [Path.Combine(Repository.Root, "tests", "golden"), .. Environment.GetEnvironmentVariable("MUSE_GOLDEN") is { Length: > 0 } more ? [more] : Array.Empty<string>()];
            foreach (string folder in roots.SelectMany(r => Directory.GetDirectories(Path.GetFullPath(r)).Order(StringComparer.Ordinal)).Where(f => File.Exists(Path.Combine(f, "case.json"))))
            {
                // Some hold NaN, which a JSON reader refuses.
                string notes = Regex.Match(File.ReadAllText(Path.Combine(folder, "case.json")), @"""notes"": ""([^""]*)""").Groups[1].Value;
                double Said(string what) => double.Parse(Regex.Match(notes, what + @"=([\d.]+)").Groups[1].Value, CultureInfo.InvariantCulture);
                if (notes.Contains("generate2(", StringComparison.Ordinal))
                    data.Add(Path.GetRelativePath(roots[0], folder), (int)Said("timesteps"), Said("temperature"), Said("guidance_scale"));
            }

            Assert.NotEmpty(data);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryStepMasksAndDrawsWhatTheReferenceDoes(string name, int steps, double temperature, double guidance)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        var recording = new Recording(name);
        using var checkpoint = Checkpoint.Open(Path.Combine(recording.Folder, "pytorch_model.safetensors"));
        MaskGitTransformer model = MaskGitTransformer.Load(MaskGitConfig.Read(Path.Combine(recording.Folder, "config.json")), checkpoint);
        using var network = new MaskGitMaskedTransformer(model);
        MaskedTransformerShape shape = network.Shape;
        DecodingOptions options = new GenerationRequest { Prompt = "", Rule = DecodingRule.OpenMuse, Steps = steps, Temperature = temperature, Guidance = guidance }.BaseDecoding();

        int count = (int)recording.Shape("gen.tokens")[0];
        var sampling = new ReferenceSampling(model, recording, guidance);
        MaskedPicture[] pictures = [.. Enumerable.Range(0, count).Select(i => MaskedPicture.New(
            shape, options, network.Condition(new ConditioningInput(Prompt(recording, network.Shape, i, options.Guided))).Keep(), new Draws(sampling, i)))];
        sampling.Pictures = pictures;
        using var decoder = new MaskedDecoder(network, CPU, MaskedDecoderOptions.For(network, CPU) with { PicturesPerPass = count, ThreadsPerPass = get_num_threads() });
        Array.ForEach(pictures, decoder.Add);
        for (int step = 0; step < options.Steps; step++)
        {
            int[] masked = [.. pictures.Select(p => p.MaskedPositions().Length)];
            Assert.Equal(recording.Numbers($"gen.temperature_{step}")[0], (float)options.TemperatureAt(step), 1e-6f);
            decoder.Step();
            // The reference masks after its last step too, and then gives the tokens from before.
            if (step == options.Steps - 1)
                break;
            Assert.Equal(recording.Numbers($"gen.mask_len_{step}"), masked.Select(m => (float)options.MaskedAfter(step, shape.Tokens, m)));
            Assert.Equal(recording.Numbers($"gen.masking_{step}"), pictures.SelectMany(p => p.Grid.ToArray().Select(t => t == shape.MaskId ? 1f : 0)));
        }

        Assert.Equal(recording.Integers("gen.tokens"), pictures.SelectMany(p => p.Grid.ToArray().Select(t => (long)t)));
        Array.ForEach(pictures, p => p.Dispose());
    }

    private static PromptEmbedding Prompt(Recording recording, MaskedTransformerShape shape, int picture, bool guided)
    {
        if (shape.Classes is { } classes)
            return new ClassPromptEncoder(classes).Encode($"{recording.Integers("gen.class_ids")[picture]}");
        PromptEmbedding Of(string name) => new(tensor(recording.Numbers(name), recording.Shape(name)).narrow(0, picture, 1), ones(1, recording.Shape(name)[1]).ne(0));
        return guided ? PromptEmbedding.Concat(Of("encoder_hidden_states"), Of("gen.negative_embeds")) : Of("encoder_hidden_states");
    }

    private sealed class Draws(ReferenceSampling sampling, int picture) : ITokenRandom
    {
        public (float Token, float Noise) Draw(int step, int position) => sampling.Draw(picture, step, position);
    }

    /// <summary>
    /// What the reference draws: argmax(p / exponential), where p is what its own forward pass makes of all grids in one batch, conditional
    /// rows first. The decoder picks by inverse CDF, and is given the uniform number in the middle of that token's share.
    /// </summary>
    private sealed class ReferenceSampling(MaskGitTransformer model, Recording recording, double guidance)
    {
        private float[] weights = [];
        private int drawn = -1;

        public MaskedPicture[] Pictures { get; set; } = [];

        public (float Token, float Noise) Draw(int picture, int step, int position)
        {
            if (drawn != step)
                (weights, drawn) = (Probabilities(), step);
            int codes = model.Config.CodebookSize, at = (picture * model.Config.NumVqTokens) + position;
            float[] exponential = recording.Numbers($"gen.exponential_{step}");
            float[] own = weights.AsSpan(at * codes, codes).ToArray();
            int token = Enumerable.Range(0, codes).MaxBy(c => own[c] / exponential[(at * codes) + c]);
            double below = own.Take(token).Sum(w => (double)w);
            return ((float)((below + (own[token] / 2)) / own.Sum(w => (double)w)), recording.Numbers($"gen.uniform_{step}")[at]);
        }

        private float[] Probabilities()
        {
            using DisposeScope scope = NewDisposeScope();
            MaskGitConfig config = model.Config;
            Tensor ids = tensor(Pictures.SelectMany(p => p.Grid.ToArray().Select(t => (long)t)).ToArray(), [Pictures.Length, config.NumVqTokens]);
            Tensor Forward(Tensor input, Tensor? text, long first) =>
                model.forward(input, text).narrow(1, first, config.NumVqTokens).narrow(2, 0, config.CodebookSize);
            Tensor Recorded(string name) => tensor(recording.Numbers(name), recording.Shape(name));
            if (config.HasClassToken)
            {
                Tensor classes = tensor(recording.Integers("gen.class_ids"), [Pictures.Length, 1]).add(config.CodebookSize);
                return Forward(cat([classes, ids], 1), null, 1).softmax(-1).contiguous().ToArray<float>();
            }

            Tensor[] both = Forward(cat([ids, ids]), cat([Recorded("encoder_hidden_states"), Recorded("gen.negative_embeds")]), 0).chunk(2, 0);
            return both[1].add(both[0].sub(both[1]).mul(guidance)).softmax(-1).ToArray<float>();
        }
    }
}
