namespace MuseCluster.Cluster.Ledger;

/// <summary>The ledger's database cannot be reached, or refuses. What was asked for has not happened, or may have: ask again.</summary>
public sealed class LedgerException : Exception
{
    /// <summary>Says what failed.</summary>
    /// <param name="message">What was tried, and what the database said.</param>
    /// <param name="inner">The database's own exception.</param>
    public LedgerException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
