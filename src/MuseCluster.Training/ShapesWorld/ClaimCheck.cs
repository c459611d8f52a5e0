namespace MuseCluster.Training.ShapesWorld;

/// <summary>Which of a caption's claims a picture fulfils; null where the caption makes no such claim.</summary>
/// <param name="Color">Every object has a colour that the caption names, and every named colour is there.</param>
/// <param name="Shape">
/// Every object has a shape that the caption names for its colour, and every named pair of colour and shape is there. Where the
/// colours are wrong, shapes are compared without them.
/// </param>
/// <param name="Count">There are as many objects as the caption says.</param>
/// <param name="Relation">The centroids stand as the caption says.</param>
/// <param name="Background">The background is as named.</param>
public readonly record struct ClaimResult(bool Color, bool Shape, bool Count, bool? Relation, bool? Background)
{
    /// <summary>Whether the picture is right: every claim holds.</summary>
    public bool All => Color && Shape && Count && Relation != false && Background != false;
}

/// <summary>Compares captions with what is to be seen.</summary>
public static class ClaimCheck
{
    /// <summary>The least share of an object's inner pixels that its colour must have; below, the object is of two colours.</summary>
    public const double LeastColorShare = 0.6;

    /// <summary>Checks a caption's claims.</summary>
    /// <param name="caption">The caption.</param>
    /// <param name="measured">What was measured in the picture.</param>
    public static ClaimResult Check(Caption caption, SceneMeasurement measured)
    {
        ArgumentNullException.ThrowIfNull(caption);
        ArgumentNullException.ThrowIfNull(measured);
        var objects = measured.Objects;
        bool color = ColorHolds(caption, objects);
        return new ClaimResult(
            color,
            ShapeHolds(caption, objects, color),
            objects.Count == caption.ObjectCount,
            caption.Relation is { } relation ? RelationHolds(caption, relation, objects) : null,
            caption.Background is { } background ? measured.Background == background : null);
    }

    private static bool ColorHolds(Caption caption, IReadOnlyList<MeasuredObject> objects) =>
        objects.All(item => item.ColorShare >= LeastColorShare && caption.Objects.Any(claim => claim.Color == item.Color))
        && caption.Objects.All(claim => objects.Any(item => item.Color == claim.Color));

    private static bool ShapeHolds(Caption caption, IReadOnlyList<MeasuredObject> objects, bool colorHolds)
    {
        return objects.All(item => caption.Objects.Any(claim => Fits(item, claim)))
            && caption.Objects.All(claim => objects.Any(item => Fits(item, claim)));

        bool Fits(MeasuredObject item, ObjectClaim claim) => item.Shape == claim.Shape && (!colorHolds || item.Color == claim.Color);
    }

    /// <summary>
    /// Looks for the two objects that fit the two claims best, and whether they stand as claimed. Colours tell objects apart
    /// better than shapes, so they weigh more; equally good pairs may each fulfil the claim.
    /// </summary>
    private static bool RelationHolds(Caption caption, Relation relation, IReadOnlyList<MeasuredObject> objects)
    {
        int best = -1;
        bool holds = false;
        for (int first = 0; first < objects.Count; first++)
        {
            for (int second = 0; second < objects.Count; second++)
            {
                if (first == second)
                    continue;
                int fit = Fit(objects[first], caption.Objects[0]) + Fit(objects[second], caption.Objects[1]);
                if (fit < best)
                    continue;
                bool stands = relation.Holds(objects[first].X, objects[first].Y, objects[second].X, objects[second].Y);
                holds = stands || (holds && fit == best);
                best = fit;
            }
        }

        return holds;

        static int Fit(MeasuredObject item, ObjectClaim claim) =>
            (item.Color == claim.Color ? 2 : 0) + (item.Shape == claim.Shape ? 1 : 0);
    }
}
