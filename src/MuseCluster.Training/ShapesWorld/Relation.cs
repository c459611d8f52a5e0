namespace MuseCluster.Training.ShapesWorld;

/// <summary>Where the first object of a caption stands, seen from the second.</summary>
public enum Relation
{
    /// <summary>The first object is higher up: its y is smaller.</summary>
    Above,

    /// <summary>The first object is lower down: its y is greater.</summary>
    Below,

    /// <summary>The first object's x is smaller.</summary>
    LeftOf,

    /// <summary>The first object's x is greater.</summary>
    RightOf,
}

/// <summary>The geometry of relations.</summary>
public static class Relations
{
    /// <summary>The relation seen from the other object: above for below, left of for right of.</summary>
    /// <param name="relation">The relation.</param>
    public static Relation Inverse(this Relation relation) => relation switch
    {
        Relation.Above => Relation.Below,
        Relation.Below => Relation.Above,
        Relation.LeftOf => Relation.RightOf,
        Relation.RightOf => Relation.LeftOf,
        _ => throw new ArgumentOutOfRangeException(nameof(relation), relation, "Not a relation of the shapes world."),
    };

    /// <summary>
    /// Whether a point stands in a relation to another: on the named side, and further away along the named axis
    /// than along the other one.
    /// </summary>
    /// <param name="relation">The relation.</param>
    /// <param name="x">The first point's x, in any unit.</param>
    /// <param name="y">The first point's y, growing downwards.</param>
    /// <param name="otherX">The second point's x.</param>
    /// <param name="otherY">The second point's y.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not a relation of the shapes world.</exception>
    public static bool Holds(this Relation relation, double x, double y, double otherX, double otherY)
    {
        double dx = otherX - x, dy = otherY - y;
        return relation switch
        {
            Relation.Above => dy > Math.Abs(dx),
            Relation.Below => -dy > Math.Abs(dx),
            Relation.LeftOf => dx > Math.Abs(dy),
            Relation.RightOf => -dx > Math.Abs(dy),
            _ => throw new ArgumentOutOfRangeException(nameof(relation), relation, "Not a relation of the shapes world."),
        };
    }
}
