namespace MuseCluster.Training.ShapesWorld;

/// <summary>
/// An endless sequence of captioned scenes, fixed by its seed and options. Any index can be drawn at any time,
/// by any number of threads.
/// </summary>
public sealed class SceneSampler
{
    private static readonly CaptionKind[] Kinds = Enum.GetValues<CaptionKind>();
    private static readonly Relation[] AllRelations = Enum.GetValues<Relation>();
    private readonly ulong _seed;
    private readonly SceneSamplerOptions _options;
    private readonly double _totalWeight;

    /// <summary>Starts a sequence.</summary>
    /// <param name="seed">Which sequence.</param>
    /// <param name="options">How scenes are drawn; the defaults where null.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its range.</exception>
    public SceneSampler(ulong seed, SceneSamplerOptions? options = null)
    {
        _seed = seed;
        _options = options ?? new SceneSamplerOptions();
        _options.Validate();
        _totalWeight = Kinds.Sum(_options.Weight);
    }

    /// <summary>Draws one captioned scene.</summary>
    /// <param name="index">Its place in the sequence.</param>
    public CaptionedScene Sample(ulong index)
    {
        var random = new SceneRandom(_seed, index);
        var caption = DrawCaption(ref random);
        return new CaptionedScene(SceneLayout.Arrange(caption, ref random, _options.Positions), caption);
    }

    /// <summary>Draws the caption of <see cref="Sample"/> alone, which spares the search for places.</summary>
    /// <param name="index">Its place in the sequence.</param>
    public Caption SampleCaption(ulong index)
    {
        var random = new SceneRandom(_seed, index);
        return DrawCaption(ref random);
    }

    private Caption DrawCaption(ref SceneRandom random)
    {
        var kind = DrawKind(ref random);
        ObjectClaim[] objects = kind switch
        {
            CaptionKind.Single => [DrawPair(ref random) with { Size = (ObjectSize)random.Next(3) }],
            CaptionKind.Counted => [DrawCounted(ref random)],
            _ => DrawTwo(ref random),
        };
        Relation? relation = kind == CaptionKind.Related ? random.Pick(AllRelations) : null;
        PaletteColor? background = random.NextChance(_options.BackgroundProbability) ? DrawBackground(objects, ref random) : null;
        return new Caption(kind, "", objects, relation, background).Paraphrase(ref random, _options.ParaphraseProbability);
    }

    private CaptionKind DrawKind(ref SceneRandom random)
    {
        double at = random.NextUnit() * _totalWeight;
        foreach (var kind in Kinds)
        {
            at -= _options.Weight(kind);
            if (at < 0)
                return kind;
        }

        return Kinds.Last(kind => _options.Weight(kind) > 0);
    }

    private ObjectClaim DrawPair(ref SceneRandom random) =>
        Claim(random.Pick(_options.Split == SceneSplit.HeldOut ? HeldOut.Pairs : HeldOut.SeenPairs));

    private ObjectClaim DrawCounted(ref SceneRandom random)
    {
        var claim = DrawPair(ref random);
        int count = 2 + random.Next(3);
        int sizes = count == 2 ? 3 : 2;
        return claim with { Count = count, Size = (ObjectSize)random.Next(sizes) };
    }

    private ObjectClaim[] DrawTwo(ref SceneRandom random)
    {
        var first = DrawPair(ref random);

        // A caption with a held-out pair may pair it with any other; two equal objects would be a counted caption.
        var others = _options.Split == SceneSplit.HeldOut ? HeldOut.AllPairs : HeldOut.SeenPairs;
        ObjectClaim second;
        do
            second = Claim(random.Pick(others));
        while (second == first);

        return random.Next(2) == 0 ? [first, second] : [second, first];
    }

    private static PaletteColor DrawBackground(ObjectClaim[] objects, ref SceneRandom random)
    {
        PaletteColor color;
        do
            color = random.Pick(Palette.All);
        while (objects.Any(claim => claim.Color == color));
        return color;
    }

    private static ObjectClaim Claim((PaletteColor Color, Shape Shape) pair) => new(pair.Color, pair.Shape);
}
