using System.Text;

namespace MuseCluster.Cluster.Work;

/// <summary>What the check of a record found, as one exception that names every field.</summary>
public static class ProblemList
{
    private const int Named = 100;

    /// <summary>Refuses what its own check finds wrong.</summary>
    /// <param name="problems">Each field, and what was found and what is expected.</param>
    /// <param name="what">What they are about, as the message starts.</param>
    /// <exception cref="ArgumentException">There are problems; the message names them, the first 100 where there are more.</exception>
    public static void ThrowIfAny(this IEnumerable<(string Field, string Problem)> problems, string what)
    {
        var message = new StringBuilder();
        var count = 0;
        foreach (var (field, problem) in problems)
            if (++count <= Named)
                message.Append(count == 1 ? "" : "; ").Append(field).Append(' ').Append(problem);
        if (count > Named)
            message.Append("; and ").Append(count - Named).Append(" more");
        if (count > 0)
            throw new ArgumentException($"{what}: {message}");
    }
}
