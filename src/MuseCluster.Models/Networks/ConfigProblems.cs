using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks;

/// <summary>Collects what is wrong with the fields of a configuration, so that one message says all.</summary>
internal sealed class ConfigProblems
{
    // Far beyond any model; they keep products of dimensions within 64 bits.
    private const int MostChannels = 1 << 14, MostBlocks = 64, MostLevels = 12;

    private readonly List<(string Field, string Problem)> problems = [];

    /// <summary>Whether nothing is wrong.</summary>
    public bool None => problems.Count == 0;

    /// <summary>Notes a problem, unless one of that field is noted already: the second would only follow from the first.</summary>
    /// <param name="field">The field, as files call it.</param>
    /// <param name="problem">A sentence with the field's name in it.</param>
    public void Add(string field, string problem)
    {
        if (!problems.Exists(p => p.Field == field)) problems.Add((field, problem));
    }

    /// <summary>Notes several.</summary>
    /// <param name="more">Fields, and sentences with their names in them.</param>
    public void Add(IEnumerable<(string Field, string Problem)> more)
    {
        foreach (var (field, problem) in more.ToList()) Add(field, problem);
    }

    /// <summary>Notes a number that is out of range.</summary>
    public void Range(string field, int value, int least, int most)
    {
        if (value < least || value > most) Add(field, $"{field} is {value}; it must be from {least} to {most}");
    }

    /// <summary>Notes a factor that latents cannot be multiplied and divided by.</summary>
    public void Scale(string field, double value)
    {
        if (!double.IsFinite(value) || value == 0) Add(field, FormattableString.Invariant($"{field} is {value}; it must be finite and not 0"));
    }

    /// <summary>Notes a number of channels that cannot be built.</summary>
    public void Channels(string field, int value) => Range(field, value, 1, MostChannels);

    /// <summary>Notes a number of residual blocks that cannot be built.</summary>
    public void Blocks(string field, int value, int least = 1) => Range(field, value, least, MostBlocks);

    /// <summary>Notes a list that has not between one element and as many as there can be levels.</summary>
    public void Levels(string field, int count)
    {
        if (count is < 1 or > MostLevels) Add(field, $"{field} has {count} elements; it must have from 1 to {MostLevels}");
    }

    /// <summary>Notes channels of a level that group normalisation cannot divide.</summary>
    /// <param name="field">The field that the channels come from.</param>
    /// <param name="channels">The channels of each level.</param>
    /// <param name="groups">Groups of the normalisation.</param>
    /// <param name="partner">The field that is as much to blame: it gives the groups, or is multiplied. Null for none.</param>
    public void Groups(string field, IEnumerable<long> channels, int groups, string? partner = null)
    {
        foreach (long count in channels)
        {
            if (count is < 1 or > MostChannels || groups < 1 || count % groups != 0)
            {
                Add(field, $"{field} gives{(partner is null ? "" : $", with {partner},")} a level of {count} channels; it must be a multiple of {groups}, at most {MostChannels}");
                return;
            }
        }
    }

    /// <summary>Refuses a configuration made in code.</summary>
    /// <exception cref="ConfigException">Something is wrong; every field is named.</exception>
    public void Throw(string network)
    {
        if (!None) throw new ConfigException(network, [.. problems.Select(p => p.Problem)]);
    }

    /// <summary>Refuses a configuration read from a file.</summary>
    /// <exception cref="CheckpointException">Something is wrong; every field is named.</exception>
    public void Throw(string file, string network)
    {
        if (!None) throw new CheckpointException(file, null, $"is not a {network}:", [.. problems.Select(p => p.Problem)]);
    }
}
