using MuseCluster.Models.Tokenizers;
using MuseCluster.Torch;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.Runs;
using MuseCluster.Training.ShapesWorld;
using MuseCluster.Training.Text;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Stages;

/// <summary>
/// Pre-trains the text encoder by span corruption (T5, arXiv 1910.10683, section 3.1.4) of captions, and of captions
/// followed by their facts.
/// </summary>
public sealed class TextStage : TrainingStage
{
    // Of two objects it is enough to know which came first; of many, an encoder has to keep with each word what it belongs to.
    private const int MostCaptions = 3;
    private readonly SpanCorruptionModel _network;
    private readonly SpanCorruption _corruption;
    private readonly Tokenizer _tokenizer;
    private readonly TextRecipe _recipe;
    private readonly SceneSampler _captions;
    private readonly ulong _seed;
    private readonly Device _device;

    /// <summary>Starts from initial weights.</summary>
    /// <param name="recipe">The network and how it is trained.</param>
    /// <param name="tokenizer">Cuts captions into pieces.</param>
    /// <param name="sentinels">The sentinels' ids.</param>
    /// <param name="world">How captions are drawn.</param>
    /// <param name="seed">Fixes weights, captions and corruption.</param>
    /// <param name="device">Where it is trained; the processor where null.</param>
    public TextStage(TextRecipe recipe, Tokenizer tokenizer, IReadOnlyList<int> sentinels, SceneSamplerOptions world, ulong seed, Device? device = null)
    {
        device ??= CPU;
        manual_seed((long)seed);
        _recipe = recipe;
        _tokenizer = tokenizer;
        _seed = seed;
        _network = new SpanCorruptionModel(recipe.Network, recipe.Training.LabelSmoothing).to(device);
        _device = device;
        _captions = new SceneSampler(seed, world);
        _corruption = new SpanCorruption(new SpanCorruptionOptions
        {
            NoiseDensity = recipe.NoiseDensity,
            MeanSpanLength = recipe.MeanSpanLength,
            Sentinels = sentinels,
            EosId = tokenizer.EosId,
            FinalSentinel = false,
        });
    }

    /// <inheritdoc/>
    public override nn.Module Network => _network;

    /// <inheritdoc/>
    public override Tensor Loss(long step, IDictionary<string, double> metrics)
    {
        var batch = _recipe.Training.BatchSize;
        var texts = new CorruptedText[batch];
        for (var i = 0; i < batch; i++)
        {
            var index = (ulong)((step * batch) + i);
            var random = new SceneRandom(_seed ^ 0x5BA7, index);
            Caption[] captions = [.. Enumerable.Range(0, 1 + random.Next(MostCaptions)).Select(c => _captions.SampleCaption((index * MostCaptions) + (ulong)c))];
            var ids = Ids(string.Join(" and ", captions.Select(c => c.Text)));
            texts[i] = random.NextChance(_recipe.Facts)
                ? _corruption.CutEnd(ids, Ids(CaptionFacts.Write(captions, ref random)))
                : _corruption.Corrupt(ids, () => random.NextUnit());
        }
        return _network.forward(SpanCorruptionBatch.Pad(texts, _tokenizer.PadId, _device));
    }

    private int[] Ids(string text) => _tokenizer.EncodeToIds(text, addEos: false);
}
