using System.Globalization;

namespace MuseCluster.Cluster.Work;

/// <summary>Names one picture of a job. Written as the job's 32 hexadecimal digits, '-', and the index.</summary>
/// <param name="Job">The job.</param>
/// <param name="Index">The item's index in it, from 0.</param>
public readonly record struct ItemId(Guid Job, int Index) : IComparable<ItemId>
{
    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The id.</returns>
    /// <exception cref="FormatException">The text is no item id.</exception>
    public static ItemId Parse(string text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is no item id; expected a job's 32 hexadecimal digits, '-' and an index");

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="id">The id.</param>
    /// <returns>False where the text is none.</returns>
    public static bool TryParse(string text, out ItemId id)
    {
        id = default;
        if (text.Length < 34 || text[32] != '-' || !Guid.TryParseExact(text.AsSpan(0, 32), "N", out var job)
            || !int.TryParse(text.AsSpan(33), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return false;
        id = new ItemId(job, index);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(ItemId other) => Job.CompareTo(other.Job) is var jobs and not 0 ? jobs : Index.CompareTo(other.Index);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Job:N}-{Index}");
}
