namespace MuseCluster.Models.Networks.Muse;

/// <summary>
/// How the rows of one pass lie in memory: [Pictures, Rows, dim], where each picture's rows are its groups (the conditional
/// one, then the unconditional one) of <paramref name="Positions"/> each, and then padding that no attention sees. Padding
/// brings <paramref name="Rows"/> to a multiple at which matrix kernels round a row the same whatever stands around it.
/// </summary>
/// <param name="Pictures">Pictures in the pass.</param>
/// <param name="Groups">Rows of conditioning per picture: 1, or 2 with guidance.</param>
/// <param name="Positions">Transformer positions per group.</param>
/// <param name="Rows">Rows per picture, at least Groups x Positions.</param>
public readonly record struct RowLayout(int Pictures, int Groups, int Positions, int Rows)
{
    /// <summary>Rows per picture, at least Positions, where all groups still share one: at the grids' input. Default Rows.</summary>
    public int GridRows { get; init; } = Rows;

    /// <summary>Rows of a picture that are not padding.</summary>
    public int Used => Groups * Positions;

    /// <summary>Groups of all pictures.</summary>
    public int Sequences => Pictures * Groups;
}
