using System.Globalization;
using System.Text.RegularExpressions;
using MuseCluster.Models.Networks.OpenMuse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.OpenMuse;

/// <summary>
/// The transformer through a whole generation as the reference does it (<c>generate2</c> of <c>muse/modeling_transformer.py</c>), with
/// the reference's own draws: every step's masks and the last tokens must be the reference's.
/// </summary>
public sealed class MaskGitSamplingTests
{
    /// <summary>The cases with a generation, and how it was run, which their notes say.</summary>
    public static TheoryData<string, int, double, double> Cases
    {
        get
        {
            var data = new TheoryData<string, int, double, double>();
            foreach (string name in GoldenCases.Of(NetworkFamily.MaskGit))
            {
                using var golden = new GoldenCase(name);
                if (!golden.Outputs.ContainsKey("gen.tokens")) continue;
                double Said(string what) => double.Parse(Regex.Match(golden.Notes, what + @"=([\d.]+)").Groups[1].Value, CultureInfo.InvariantCulture);
                data.Add(name, (int)Said("timesteps"), Said("temperature"), Said("guidance_scale"));
            }

            Assert.NotEmpty(data);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryStepMasksAndDrawsWhatTheReferenceDoes(string name, int steps, double start, double guidance)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        using var golden = new GoldenCase(name);
        MaskGitConfig config = MaskGitConfig.Read(golden["config.json"]);
        using MaskGitTransformer transformer = golden.Load(c => MaskGitTransformer.Load(config, c));
        long batch = golden.Outputs["gen.tokens"].size(0);
        Tensor ids = full([batch, config.NumVqTokens], config.MaskTokenId, int64);
        Tensor sampled = ids;
        double temperature = start;
        for (int step = 0; step < steps; step++)
        {
            Tensor Draw(string kind) => golden.Inputs[string.Create(CultureInfo.InvariantCulture, $"gen.{kind}_{step}")];
            Tensor Expected(string what) => golden.Outputs[string.Create(CultureInfo.InvariantCulture, $"gen.{what}_{step}")];

            Tensor probabilities = Logits(transformer, golden, ids, guidance).softmax(-1);
            Tensor unknown = ids.eq(config.MaskTokenId);
            sampled = where(unknown, probabilities.div(Draw("exponential")).argmax(-1), ids);

            double ratio = (step + 1.0) / steps;
            // In single precision, as the reference has it: there, the cosine of sixty degrees is a little less than a half.
            long rest = (long)full([1], ratio).mul(Math.PI).mul(0.5).cos().mul(config.NumVqTokens).item<float>();
            Tensor length = unknown.sum(1, keepdim: true).sub(1).clamp(max: rest).clamp(min: 1);
            Assert.Equal(Expected("mask_len").ToArray<float>(), length.to(float32).ToArray<float>());

            // The reference multiplies the temperature at each step, rather than taking it from a line.
            temperature *= 1 - ratio;
            Assert.Equal(Expected("temperature").item<float>(), (float)temperature, 1e-6f);
            Tensor chosen = where(unknown, probabilities.gather(-1, sampled.unsqueeze(-1)).squeeze(-1), full([batch, config.NumVqTokens], float.MaxValue));
            Tensor noise = Log(Log(Draw("uniform")).neg()).neg();
            Tensor confidence = Log(chosen).add(noise.mul(temperature));
            Tensor masking = confidence.lt(confidence.sort(-1).Values.gather(1, length));
            Assert.Equal(Expected("masking").ToArray<byte>(), masking.to(uint8).ToArray<byte>());
            ids = where(masking, full([batch, config.NumVqTokens], config.MaskTokenId, int64), sampled);
        }

        Assert.Equal(golden.Outputs["gen.tokens"].ToArray<long>(), sampled.ToArray<long>());
    }

    private static Tensor Logits(MaskGitTransformer transformer, GoldenCase golden, Tensor ids, double guidance)
    {
        MaskGitConfig config = transformer.Config;
        if (golden.Inputs.TryGetValue("gen.class_ids", out Tensor? classes))
        {
            Tensor logits = transformer.forward(cat([classes.add(config.CodebookSize).unsqueeze(1), ids], 1));
            return logits.narrow(1, 1, config.NumVqTokens).narrow(2, 0, config.CodebookSize);
        }

        // Conditional rows first.
        Tensor text = cat([golden.Inputs["encoder_hidden_states"], golden.Inputs["gen.negative_embeds"]], 0);
        Tensor[] both = transformer.forward(cat([ids, ids], 0), text).narrow(2, 0, config.CodebookSize).chunk(2, 0);
        return both[1].add(both[0].sub(both[1]).mul(guidance));
    }

    private static Tensor Log(Tensor x) => x.clamp(min: 1e-20).log();
}
