using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;

namespace MuseCluster.Bench.Pictures;

/// <summary>Requests to measure with. No two have the same prompt, so that no text's encoding is saved by another.</summary>
/// <param name="model">The model whose defaults they follow.</param>
public sealed class BenchPrompts(MuseModel model)
{
    private static readonly string[] Colors = ["red", "green", "blue", "yellow", "orange", "purple"], Shapes = ["circle", "square", "triangle"],
        Relations = ["above", "below", "left of", "right of"];
    private ulong _made;

    /// <summary>Makes requests that were not made before.</summary>
    /// <param name="count">How many.</param>
    public IReadOnlyList<GenerationRequest> Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    private GenerationRequest Next()
    {
        var rest = (int)(_made % int.MaxValue);
        string Pick(string[] words)
        {
            var word = words[rest % words.Length];
            rest /= words.Length;
            return word;
        }
        var prompt = $"a {Pick(Colors)} {Pick(Shapes)} {Pick(Relations)} a {Pick(Colors)} {Pick(Shapes)}";
        return GenerationRequest.From(rest == 0 ? prompt : $"{prompt} {rest}", _made++, model.Manifest.Defaults);
    }
}
