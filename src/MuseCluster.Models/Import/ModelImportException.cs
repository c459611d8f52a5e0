namespace MuseCluster.Models.Import;

/// <summary>Folders that no model can be made of. The message says what was found in them and what is expected.</summary>
/// <param name="summary">One line that says what is wrong.</param>
/// <param name="problems">What was found, a line each; may be empty.</param>
/// <param name="inner">The cause, if an exception was.</param>
public sealed class ModelImportException(string summary, IReadOnlyList<string> problems, Exception? inner = null)
    : FormatException(string.Join("\n  ", problems.Prepend(summary)), inner)
{
    /// <summary>One thing that is wrong.</summary>
    /// <param name="summary">One line that says what.</param>
    public ModelImportException(string summary)
        : this(summary, [])
    {
    }

    /// <summary>One line that says what is wrong.</summary>
    public string Summary => summary;

    /// <summary>What was found, a line each; may be empty.</summary>
    public IReadOnlyList<string> Problems => problems;
}
