namespace MuseCluster.Training.ShapesWorld;

/// <summary>Finds places for the objects of a caption, by the rules of the shapes world.</summary>
public static class SceneLayout
{
    /// <summary>The least gap between two bounding boxes, as a fraction of the canvas.</summary>
    public const double LeastGap = 0.04;

    /// <summary>The least distance of two related centres along the named axis, as a fraction of the canvas.</summary>
    public const double LeastRelatedDistance = 0.25;

    /// <summary>The greatest distance of two related centres along the other axis, as a fraction of the canvas.</summary>
    public const double GreatestRelatedOffset = 0.12;

    // Four medium objects succeed about once in 300 tries, so that running out of tries means the caption cannot be drawn.
    private const int Tries = 100_000;

    // A few captions have hardly a place at coarse positions; they are placed beside them.
    private const int PositionTries = 200;

    /// <summary>Draws a scene that fits a caption: places, and a background where the caption names none.</summary>
    /// <param name="caption">The caption.</param>
    /// <param name="random">Where the choices come from.</param>
    /// <param name="positions">The coordinates that centres have along either axis where that can be; empty places them anywhere.</param>
    /// <exception cref="ArgumentException">The caption's objects do not fit the canvas.</exception>
    public static Scene Arrange(Caption caption, ref SceneRandom random, IReadOnlyList<double> positions)
    {
        ArgumentNullException.ThrowIfNull(caption);
        var background = caption.Background ?? random.Pick([.. Palette.PlainBackgrounds.Where(color => caption.Objects.All(claim => claim.Color != color))]);

        var extents = new double[caption.ObjectCount];
        int at = 0;
        foreach (var claim in caption.Objects)
        {
            for (int i = 0; i < claim.Count; i++)
                extents[at++] = claim.Size.HalfExtent();
        }

        bool beside = extents.Length == 2 && positions.Count > 0 && !FitApart(extents, positions);
        var places = Place(caption.Relation, extents, ref random, positions);
        for (int attempt = 0; positions.Count > 0 && attempt < PositionTries; attempt++)
        {
            if (Snapped(places) is { } snapped)
            {
                places = snapped;
                break;
            }

            places = Place(caption.Relation, extents, ref random, positions);
        }

        var objects = new SceneObject[extents.Length];
        at = 0;
        foreach (var claim in caption.Objects)
        {
            for (int i = 0; i < claim.Count; i++, at++)
                objects[at] = new SceneObject(claim.Shape, claim.Color, places[at].X, places[at].Y, extents[at]);
        }

        return new Scene(objects, background);

        // Two large objects leave each other hardly a place along an axis, beside most positions; the other axis still has one.
        (double X, double Y)[]? Snapped((double X, double Y)[] from)
        {
            (double X, double Y)[][] candidates =
            [
                Array.ConvertAll(from, place => (X: Snap(place.X), Y: Snap(place.Y))),
                Array.ConvertAll(from, place => (X: Snap(place.X), place.Y)),
                Array.ConvertAll(from, place => (place.X, Y: Snap(place.Y))),
            ];
            return candidates.Take(beside ? candidates.Length : 1).FirstOrDefault(candidate => Holds(caption.Relation, extents, candidate));
        }

        double Snap(double at) => positions.MinBy(position => Math.Abs(position - at));
    }

    private static (double X, double Y)[] Place(Relation? relation, double[] extents, ref SceneRandom random, IReadOnlyList<double> positions) =>
        relation is { } named ? PlaceRelated(named, extents, ref random)
        : extents.Length == 2 ? PlaceTwo(extents, ref random)
        : positions.Count > 0 ? PlaceAt(positions, extents, ref random)
        : PlaceAnywhere(extents, ref random);

    private static bool Holds(Relation? relation, double[] extents, (double X, double Y)[] places)
    {
        const double Rounding = 1e-9;
        for (int i = 0; i < places.Length; i++)
        {
            if (Math.Min(places[i].X, places[i].Y) < extents[i] - Rounding || Math.Max(places[i].X, places[i].Y) > 1 - extents[i] + Rounding
                || !IsFree(places.AsSpan(0, i), extents, places[i], extents[i] - Rounding))
                return false;
        }

        if (relation is not { } named)
            return true;
        bool vertical = named is Relation.Above or Relation.Below;
        double along = vertical ? places[1].Y - places[0].Y : places[1].X - places[0].X;
        double across = vertical ? places[1].X - places[0].X : places[1].Y - places[0].Y;
        double ahead = named is Relation.Above or Relation.LeftOf ? along : -along;
        return ahead >= LeastRelatedDistance - Rounding && Math.Abs(across) <= GreatestRelatedOffset + Rounding;
    }

    /// <summary>Like <see cref="PlaceAnywhere"/>, but snapped before the gaps are looked at, which four objects seldom survive after.</summary>
    private static (double X, double Y)[] PlaceAt(IReadOnlyList<double> positions, double[] extents, ref SceneRandom random)
    {
        var fitting = Array.ConvertAll(extents, extent => Fitting(positions, extent));
        if (fitting.Any(coordinates => coordinates.Length == 0))
            return PlaceAnywhere(extents, ref random);
        var places = new (double X, double Y)[extents.Length];
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            int placed = 0;
            while (placed < places.Length)
            {
                var place = (random.Pick(fitting[placed]), random.Pick(fitting[placed]));
                if (!IsFree(places.AsSpan(0, placed), extents, place, extents[placed]))
                    break;
                places[placed++] = place;
            }

            if (placed == places.Length)
                return places;
        }

        return PlaceAnywhere(extents, ref random);
    }

    private static (double X, double Y)[] PlaceRelated(Relation relation, double[] extents, ref SceneRandom random)
    {
        double least = Math.Max(LeastRelatedDistance, extents[0] + extents[1] + LeastGap);
        var (along, otherAlong) = PlaceApart(extents, least, ref random);
        double across = random.NextBetween(extents[0], 1 - extents[0]);
        double otherAcross = random.NextBetween(
            Math.Max(extents[1], across - GreatestRelatedOffset), Math.Min(1 - extents[1], across + GreatestRelatedOffset));

        return relation switch
        {
            Relation.Above => [(across, along), (otherAcross, otherAlong)],
            Relation.LeftOf => [(along, across), (otherAlong, otherAcross)],
            Relation.Below => [(across, 1 - along), (otherAcross, 1 - otherAlong)],
            _ => [(1 - along, across), (1 - otherAlong, otherAcross)],
        };
    }

    private static (double X, double Y)[] PlaceTwo(double[] extents, ref SceneRandom random)
    {
        // Two large objects fill the canvas but for the gap: one place along an axis is left to them, which no number of
        // random tries would hit.
        if (Slack(extents) > 0.05)
            return PlaceAnywhere(extents, ref random);

        bool horizontal = random.Next(2) == 0, swap = random.Next(2) == 0;
        var (along, otherAlong) = PlaceApart(extents, extents[0] + extents[1] + LeastGap, ref random);
        if (swap)
            (along, otherAlong) = (1 - along, 1 - otherAlong);
        double across = random.NextBetween(extents[0], 1 - extents[0]);
        double otherAcross = random.NextBetween(extents[1], 1 - extents[1]);
        return horizontal ? [(along, across), (otherAlong, otherAcross)] : [(across, along), (otherAcross, otherAlong)];
    }

    /// <summary>The positions at which an object lies inside the canvas.</summary>
    private static double[] Fitting(IReadOnlyList<double> positions, double extent) =>
        [.. positions.Where(position => position > extent - 1e-9 && position < 1 - extent + 1e-9)];

    /// <summary>Whether two objects have positions along an axis that are far enough apart.</summary>
    private static bool FitApart(double[] extents, IReadOnlyList<double> positions)
    {
        double[] first = Fitting(positions, extents[0]), second = Fitting(positions, extents[1]);
        return first.Any(one => second.Any(other => Math.Abs(one - other) > extents[0] + extents[1] + LeastGap - 1e-9));
    }

    /// <summary>How far two objects side by side can move along their axis, as a fraction of the canvas.</summary>
    private static double Slack(double[] extents) => 1 - (2 * (extents[0] + extents[1])) - LeastGap;

    /// <summary>Two coordinates on one axis, the first the smaller, at least <paramref name="least"/> apart.</summary>
    private static (double First, double Second) PlaceApart(double[] extents, double least, ref SceneRandom random)
    {
        double most = 1 - extents[0] - extents[1];
        if (least > most + 1e-9)
            throw new ArgumentException("The caption's objects do not fit the canvas.");
        double distance = random.NextBetween(Math.Min(least, most), most);
        double first = random.NextBetween(extents[0], 1 - extents[1] - distance);
        return (first, first + distance);
    }

    private static (double X, double Y)[] PlaceAnywhere(double[] extents, ref SceneRandom random)
    {
        var places = new (double X, double Y)[extents.Length];
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            int placed = 0;
            while (placed < places.Length)
            {
                double extent = extents[placed];
                var place = (random.NextBetween(extent, 1 - extent), random.NextBetween(extent, 1 - extent));
                if (!IsFree(places.AsSpan(0, placed), extents, place, extent))
                    break;
                places[placed++] = place;
            }

            if (placed == places.Length)
                return places;
        }

        throw new ArgumentException("The caption's objects do not fit the canvas.");
    }

    private static bool IsFree(ReadOnlySpan<(double X, double Y)> places, double[] extents, (double X, double Y) place, double extent)
    {
        for (int i = 0; i < places.Length; i++)
        {
            double distance = Math.Max(Math.Abs(places[i].X - place.X), Math.Abs(places[i].Y - place.Y));
            if (distance < extents[i] + extent + LeastGap)
                return false;
        }

        return true;
    }
}
