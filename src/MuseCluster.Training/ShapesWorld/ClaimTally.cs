namespace MuseCluster.Training.ShapesWorld;

/// <summary>Counts how often each kind of claim held over many pictures. Not for use by several threads at once.</summary>
public sealed class ClaimTally
{
    private readonly int[] _held = new int[6];
    private readonly int[] _made = new int[6];

    /// <summary>How often the colours were right.</summary>
    public WilsonInterval Color => Of(0);

    /// <summary>How often the shapes were right.</summary>
    public WilsonInterval Shape => Of(1);

    /// <summary>How often the number of objects was right.</summary>
    public WilsonInterval Count => Of(2);

    /// <summary>How often the relation was right, of the captions that claim one.</summary>
    public WilsonInterval Relation => Of(3);

    /// <summary>How often the background was right, of the captions that name one.</summary>
    public WilsonInterval Background => Of(4);

    /// <summary>How often all claims were right.</summary>
    public WilsonInterval All => Of(5);

    /// <summary>Adds one picture's result.</summary>
    /// <param name="result">Which claims held.</param>
    public void Add(ClaimResult result)
    {
        Add(0, result.Color);
        Add(1, result.Shape);
        Add(2, result.Count);
        Add(3, result.Relation);
        Add(4, result.Background);
        Add(5, result.All);
    }

    private void Add(int claim, bool? holds)
    {
        if (holds is not { } held)
            return;
        _made[claim]++;
        if (held)
            _held[claim]++;
    }

    private WilsonInterval Of(int claim) => new(_held[claim], _made[claim]);
}
