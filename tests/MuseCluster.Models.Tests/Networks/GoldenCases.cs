using System.Text.RegularExpressions;
using MuseCluster.Models.Checkpoints.Pickle;

namespace MuseCluster.Models.Tests.Networks;

/// <summary>
/// The golden cases that there are: the folders of tests/golden, and of the folder that the environment variable MUSE_GOLDEN names,
/// if it is set.
/// </summary>
internal static partial class GoldenCases
{
    /// <summary>
    /// The cases of a family, as <see cref="GoldenCase"/> takes them: by name those of tests/golden, by path the others. None is an
    /// error: a theory without cases would pass.
    /// </summary>
    public static IReadOnlyList<string> Of(NetworkFamily family)
    {
        IReadOnlyList<string> own = In(Path.Combine(Repository.Root, "tests", "golden"), family);
        if (own.Count == 0) throw new DirectoryNotFoundException($"there is no golden case of {family.Name} in tests/golden");
        string? more = Environment.GetEnvironmentVariable("MUSE_GOLDEN");
        return [.. own.Select(folder => Path.GetFileName(folder)!), .. string.IsNullOrEmpty(more) ? [] : In(more, family)];
    }

    /// <summary>The cases of a family, each with every file of weights that it has: two formats, or an index.</summary>
    public static TheoryData<string, string> WithWeights(NetworkFamily family)
    {
        var data = new TheoryData<string, string>();
        foreach (string name in Of(family))
            foreach (string file in Weights(Repository.Golden(name)))
                data.Add(name, file);
        return data;
    }

    /// <summary>The folder of a family's first case.</summary>
    public static string First(NetworkFamily family) => Repository.Golden(Of(family)[0]);

    /// <summary>The names of a case's files of weights.</summary>
    public static IReadOnlyList<string> Weights(string folder)
    {
        string[] found =
        [
            .. Directory.GetFiles(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)
                .Where(name => name is not ("inputs.safetensors" or "outputs.safetensors") && !Shard().IsMatch(name)
                    && (name.EndsWith(".safetensors", StringComparison.Ordinal) || name.EndsWith(".index.json", StringComparison.Ordinal) || PickleFile.HasName(name))),
        ];
        return found.Length > 0 ? found : throw new FileNotFoundException($"the golden case {folder} has no weights");
    }

    /// <summary>The paths of a folder's cases of a family.</summary>
    public static IReadOnlyList<string> In(string folder, NetworkFamily family) =>
        [.. Directory.GetDirectories(Path.GetFullPath(folder)).Where(family.Has).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"-\d{5}-of-\d{5}\.")]
    private static partial Regex Shard();
}
