using MuseCluster.Models.Prompts;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Torch;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.Runs;
using MuseCluster.Training.ShapesWorld;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Stages;

/// <summary>
/// Trains a masked transformer (Muse, arXiv 2301.00704, section 2): cross-entropy of the masked tokens alone, the empty
/// prompt in place of some captions.
/// </summary>
/// <param name="data">Token grids.</param>
/// <param name="captions">The sampler that the grids were made with.</param>
/// <param name="prompts">The frozen text encoder.</param>
/// <param name="training">How the network is trained.</param>
/// <param name="seed">Fixes the choice of scenes, masks and dropped captions.</param>
/// <param name="device">Where the network and the text encoder are.</param>
public abstract class MaskedTransformerStage(TokenDataset data, SceneSampler captions, T5PromptEncoder prompts, TrainingOptions training, ulong seed, Device device) : TrainingStage
{
    private readonly long[] _empty = prompts.Tokenize("");
    private readonly long[]?[] _captionIds = new long[data.Count][];
    private float[]? _weights;

    /// <summary>The network, as decoding sees it.</summary>
    protected abstract IMaskedTransformer Transformer { get; }

    /// <summary>The grids.</summary>
    protected TokenDataset Data => data;

    /// <inheritdoc/>
    public override Tensor Loss(long step, IDictionary<string, double> metrics)
    {
        var shape = Transformer.Shape;
        var (batch, length) = (training.BatchSize, shape.Tokens);
        var inputs = new long[batch * length];
        var mask = new bool[length];
        var (rows, targets) = (new List<long>(), new List<long>());
        var scenes = new int[batch];
        var texts = new long[batch][];
        for (var b = 0; b < batch; b++)
        {
            var random = new SceneRandom(seed, (ulong)((step * batch) + b));
            scenes[b] = random.Next(data.Count);
            texts[b] = random.NextChance(training.ConditionDropout) ? _empty : CaptionIds(scenes[b]);
            if (random.NextChance(training.MaskRegions))
                MaskSampler.DrawRegion(ref random, shape.Width, mask);
            else
                MaskSampler.Draw(ref random, training.MaskScaleAt(step), mask);
            var grid = Grid(scenes[b]);
            for (var i = 0; i < length; i++)
            {
                inputs[(b * length) + i] = mask[i] ? shape.MaskId : grid[i];
                if (!mask[i])
                    continue;
                rows.Add((b * length) + i);
                targets.Add(grid[i]);
            }
        }

        var (embeddings, present, _) = prompts.Embed(Pad(texts, device));
        var conditioning = Condition(embeddings, present, scenes, step * batch);
        var layout = new RowLayout(batch, 1, shape.Positions, shape.Positions);
        var logits = Transformer.Logits(tensor(inputs, [batch, shape.Height, shape.Width], device: device), layout, conditioning, tensor(rows.ToArray(), device: device));
        var weights = tensor(_weights ??= CodeWeights(shape.CodebookSize), device: device);
        return nn.functional.cross_entropy(logits + weights.log(), tensor(targets.ToArray(), device: device), weights, label_smoothing: training.LabelSmoothing);
    }

    /// <summary>
    /// What each code counts in the loss. Where the optimum of the shifted logits is proportional to weight x probability,
    /// that of the network's own is the probability (logit adjustment, Menon et al., arXiv 2007.07314, section 4).
    /// </summary>
    private float[] CodeWeights(int codes)
    {
        var counts = new long[codes];
        for (var scene = 0; scene < data.Count; scene++)
            foreach (var code in Grid(scene))
                counts[code]++;
        var total = counts.Sum();
        return [.. counts.Select(c => (float)Math.Pow(Math.Max(1, c) / (double)total, -training.CodeBalance))];
    }

    /// <summary>The grid that the network learns to complete.</summary>
    /// <param name="scene">Its index.</param>
    /// <returns>Codes in row-major order.</returns>
    protected abstract ReadOnlySpan<ushort> Grid(int scene);

    /// <summary>Projects texts, and what else conditions the network.</summary>
    /// <param name="embeddings">[N, L, TextDim].</param>
    /// <param name="mask">bool [N, L].</param>
    /// <param name="scenes">The scenes' indices.</param>
    /// <param name="sample">Number of the first of these samples in the run.</param>
    /// <returns>The conditioning of N sequences.</returns>
    protected abstract Conditioning Condition(Tensor embeddings, Tensor mask, int[] scenes, long sample);

    // Each caption is cut into pieces once: scenes come back many times.
    private long[] CaptionIds(int scene) => _captionIds[scene] ??= prompts.Tokenize(captions.SampleCaption((ulong)scene).Text);

    private static Tensor Pad(long[][] texts, Device device)
    {
        // Padding ids are 0; a shorter common length saves work and changes nothing, since padding is masked.
        var longest = texts.Max(t => Array.FindLastIndex(t, id => id != 0) + 1);
        return tensor([.. texts.SelectMany(t => t.Take(longest))], [texts.Length, longest], device: device);
    }
}
