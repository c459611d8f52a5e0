namespace MuseCluster.Training.ShapesWorld;

/// <summary>The sizes of objects.</summary>
public enum ObjectSize
{
    /// <summary>"small": half-extent 0.10 of the canvas.</summary>
    Small,

    /// <summary>No word: half-extent 0.16 of the canvas.</summary>
    Medium,

    /// <summary>"large": half-extent 0.24 of the canvas. Never with three or four objects.</summary>
    Large,
}

/// <summary>What the sizes measure.</summary>
public static class ObjectSizes
{
    /// <summary>The half-extent of a size, as a fraction of the canvas.</summary>
    /// <param name="size">The size.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not a size of the shapes world.</exception>
    public static double HalfExtent(this ObjectSize size) => size switch
    {
        ObjectSize.Small => 0.10,
        ObjectSize.Medium => 0.16,
        ObjectSize.Large => 0.24,
        _ => throw new ArgumentOutOfRangeException(nameof(size), size, "Not a size of the shapes world."),
    };
}
