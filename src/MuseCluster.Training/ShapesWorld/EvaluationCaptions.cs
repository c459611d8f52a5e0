namespace MuseCluster.Training.ShapesWorld;

/// <summary>A caption to evaluate a model with.</summary>
/// <param name="Caption">The caption.</param>
/// <param name="Split">Whether its pairs were seen in training or some were held out.</param>
/// <param name="Scene">A scene that shows what it claims.</param>
public sealed record EvaluationCaption(Caption Caption, SceneSplit Split, Scene Scene);

/// <summary>Makes the fixed lists of captions that models are evaluated with.</summary>
public static class EvaluationCaptions
{
    /// <summary>
    /// Makes a list: for each of the four kinds, captions without a background, then captions of all kinds that name one.
    /// Half of each group, the odd one included, is of seen pairs, the other half has held-out pairs. Texts repeat only
    /// where a group has no more different ones.
    /// </summary>
    /// <param name="perKind">How many captions of each kind have no background.</param>
    /// <param name="withBackground">How many captions name a background.</param>
    /// <param name="seed">Which list; the same seed always gives the same list.</param>
    /// <param name="positions">The coordinates that the scenes' objects have (<see cref="SceneSamplerOptions.Positions"/>); any where null.</param>
    public static IReadOnlyList<EvaluationCaption> Create(int perKind = 100, int withBackground = 100, ulong seed = 0, IReadOnlyList<double>? positions = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(perKind);
        ArgumentOutOfRangeException.ThrowIfNegative(withBackground);
        var captions = new List<EvaluationCaption>((4 * perKind) + withBackground);
        var kinds = Enum.GetValues<CaptionKind>();

        foreach (var kind in kinds)
            AddBoth(captions, [kind], perKind, background: 0, seed, positions);
        AddBoth(captions, kinds, withBackground, background: 1, seed, positions);
        return captions;
    }

    private static void AddBoth(List<EvaluationCaption> captions, CaptionKind[] kinds, int count, double background, ulong seed, IReadOnlyList<double>? positions)
    {
        Add(captions, kinds, count - (count / 2), background, seed, positions, SceneSplit.Seen);
        Add(captions, kinds, count / 2, background, seed, positions, SceneSplit.HeldOut);
    }

    private static void Add(
        List<EvaluationCaption> captions, CaptionKind[] kinds, int count, double background, ulong seed, IReadOnlyList<double>? positions, SceneSplit split)
    {
        var sampler = new SceneSampler(seed, new SceneSamplerOptions
        {
            Split = split,
            SingleWeight = kinds.Contains(CaptionKind.Single) ? 1 : 0,
            CountedWeight = kinds.Contains(CaptionKind.Counted) ? 1 : 0,
            RelatedWeight = kinds.Contains(CaptionKind.Related) ? 1 : 0,
            PairWeight = kinds.Contains(CaptionKind.Pair) ? 1 : 0,
            BackgroundProbability = background,
            Positions = positions ?? [],
        });

        // Draws past the first few thousand only repeat what a small group holds.
        ulong patience = 4096 + (64UL * (ulong)count);
        var texts = new HashSet<string>();
        int added = 0;
        for (ulong index = 0; added < count; index++)
        {
            var (scene, caption) = sampler.Sample(index);
            if (!texts.Add(caption.Text) && index < patience)
                continue;
            captions.Add(new EvaluationCaption(caption, split, scene));
            added++;
        }
    }
}
