using System.ComponentModel.DataAnnotations;

namespace MuseCluster.Training.Text;

/// <summary>How texts are corrupted. The defaults are those of T5 (arXiv 1910.10683, sections 3.1.4 and 3.3.4).</summary>
public sealed class SpanCorruptionOptions
{
    /// <summary>The expected share of tokens that are taken out. Default 0.15.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double NoiseDensity { get; init; } = 0.15;

    /// <summary>The expected length of a span that is taken out, in tokens. Default 3.</summary>
    [Range(1.0, 1e6)]
    public double MeanSpanLength { get; init; } = 3;

    /// <summary>Whether one more sentinel follows the last span, as in the paper's figure 2. Default true.</summary>
    public bool FinalSentinel { get; init; } = true;

    /// <summary>The sentinels' ids in their order of use: &lt;extra_id_0&gt; first. They bound the number of spans.</summary>
    [Required]
    public required IReadOnlyList<int> Sentinels { get; init; }

    /// <summary>The id that ends inputs and targets. Default 1.</summary>
    [Range(0, int.MaxValue)]
    public int EosId { get; init; } = 1;

    internal int MaxSpans => Sentinels.Count - (FinalSentinel ? 1 : 0);

    /// <summary>T5's sentinels: the last ids of the tokenizer, going down.</summary>
    /// <param name="vocabSize">The tokenizer's number of ids, which a model's padded table may exceed (T5: 32100).</param>
    /// <param name="count">How many sentinels there are.</param>
    /// <returns>vocabSize - 1, vocabSize - 2, ...</returns>
    public static IReadOnlyList<int> LastIds(int vocabSize, int count = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabSize, count);
        return [.. Enumerable.Range(1, count).Select(i => vocabSize - i)];
    }

    internal void Validate()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        if (MaxSpans < 1)
            throw new ValidationException($"{nameof(Sentinels)} holds {Sentinels.Count} ids; at least {(FinalSentinel ? 2 : 1)} are needed.");
        if (Sentinels.Any(id => id < 0) || Sentinels.Distinct().Count() < Sentinels.Count)
            throw new ValidationException($"{nameof(Sentinels)} must be distinct ids, none negative.");
        if (Sentinels.Contains(EosId))
            throw new ValidationException($"{nameof(EosId)} {EosId} is also in {nameof(Sentinels)}.");
    }
}
