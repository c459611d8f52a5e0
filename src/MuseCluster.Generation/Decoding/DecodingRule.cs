using System.Text.Json;
using System.Text.Json.Serialization;

namespace MuseCluster.Generation.Decoding;

/// <summary>Whose rules a picture's steps follow: how guidance and temperature change, and which tokens are masked again.</summary>
public enum DecodingRule
{
    /// <summary>Muse's (arXiv 2301.00704, section 2.7), which are MaskGIT's (arXiv 2202.04200, section 3.2).</summary>
    Muse,

    /// <summary>aMUSEd's (arXiv 2401.01808): those of <c>AmusedScheduler</c> in diffusers' <c>schedulers/scheduling_amused.py</c>.</summary>
    Amused,

    /// <summary>open-muse's: those of <c>MaskGitTransformer.generate2</c> in <c>muse/modeling_transformer.py</c>.</summary>
    OpenMuse,

    /// <summary>muse-maskgit-pytorch's: those of <c>MaskGit.generate</c> in <c>muse_maskgit_pytorch.py</c>, without a critic.</summary>
    MuseMaskgitPytorch,
}

/// <summary>The names of the rules, in manifests and requests.</summary>
public static class DecodingRules
{
    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<DecodingRule>().Select(Name)];

    /// <summary>The name of a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <returns>Lower case, words joined by a hyphen.</returns>
    public static string Name(this DecodingRule rule) => JsonNamingPolicy.KebabCaseLower.ConvertName(rule.ToString());

    /// <summary>The rule of a name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="FormatException">There is none.</exception>
    public static DecodingRule Parse(string name) => Enum.GetValues<DecodingRule>().Where(r => r.Name() == name).Select(r => (DecodingRule?)r).FirstOrDefault()
        ?? throw new FormatException($"There is no decoding rule '{name}'; expected one of {string.Join(", ", Names)}.");
}

/// <summary>Writes rules by their names.</summary>
internal sealed class DecodingRuleConverter() : JsonStringEnumConverter<DecodingRule>(JsonNamingPolicy.KebabCaseLower);
