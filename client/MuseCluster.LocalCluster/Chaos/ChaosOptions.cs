namespace MuseCluster.LocalCluster.Chaos;

/// <summary>How much goes wrong, and with how much work.</summary>
public sealed record ChaosOptions
{
    /// <summary>From which items and faults are drawn.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Items of a round.</summary>
    public int Items { get; init; } = 2000;

    /// <summary>Tenants that share them.</summary>
    public int Tenants { get; init; } = 5;

    /// <summary>Rounds follow each other until this long has passed; one where it is nothing.</summary>
    public TimeSpan Length { get; init; }

    /// <summary>One in how many items is poison.</summary>
    public int PoisonOneIn { get; init; } = 100;

    /// <summary>The mean time between two disturbances from outside.</summary>
    public TimeSpan Between { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long nothing may happen before what is left counts as lost.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Base decoding steps; few, so that there are many items.</summary>
    public int Steps { get; init; } = 4;

    /// <summary>Super-resolution steps.</summary>
    public int SrSteps { get; init; } = 2;
}
