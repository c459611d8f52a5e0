namespace MuseCluster.Training.Text;

/// <summary>
/// T5's pre-training task (arXiv 1910.10683, sections 3.1.4 and 3.3.4): spans of a text are replaced by sentinels, and the
/// model is to say what stood there.
/// </summary>
/// <remarks>
/// It differs in two ways from <c>random_spans_noise_mask</c> of the T5 code, which is made for chunks of 512 tokens and
/// would learn little from a caption of ten. That layout always keeps the first token and always takes the last; here
/// every placement of the spans is as likely. That code rounds the number of tokens and of spans; here they are rounded
/// up or down at random, so that short texts too lose the expected share. At least one token is taken from every text,
/// and one kept where there are two.
/// </remarks>
public sealed class SpanCorruption
{
    private readonly SpanCorruptionOptions options;
    private readonly HashSet<int> reserved;

    /// <summary>Sets the task up.</summary>
    /// <param name="options">How to corrupt.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is wrong; names it.</exception>
    public SpanCorruption(SpanCorruptionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        reserved = [.. options.Sentinels, options.EosId];
    }

    /// <summary>Corrupts a text.</summary>
    /// <param name="ids">The text's ids without eos; at least one.</param>
    /// <param name="uniform">Draws a number in [0, 1); equal draws give equal corruption.</param>
    /// <returns>What the encoder reads and what the decoder is to write, in the ids of the options' sentinels.</returns>
    /// <exception cref="ArgumentException">The text is empty, or holds a sentinel or eos.</exception>
    public CorruptedText Corrupt(ReadOnlySpan<int> ids, Func<double> uniform)
    {
        ArgumentNullException.ThrowIfNull(uniform);
        if (ids.IsEmpty) throw new ArgumentException("ids is empty; expected at least one", nameof(ids));
        for (int i = 0; i < ids.Length; i++)
            if (reserved.Contains(ids[i]))
                throw new ArgumentException($"ids[{i}] is {ids[i]}, which is {(ids[i] == options.EosId ? "eos" : "a sentinel")}", nameof(ids));

        int noise = Math.Clamp(Round(ids.Length * options.NoiseDensity, uniform), 1, Math.Max(1, ids.Length - 1));
        int kept = ids.Length - noise;
        // Between two spans stands at least one token, so kept tokens bound the spans as well.
        int most = Math.Min(Math.Min(noise, kept + 1), options.MaxSpans);
        int spans = Math.Clamp(Round(noise / options.MeanSpanLength, uniform), 1, most);
        int[] lengths = SpanLengths(noise, spans, uniform);
        int[] gaps = Gaps(kept, spans, uniform);
        return Splice(ids, lengths, gaps);
    }

    /// <summary>Takes out the end of a text as one span: what is kept is to say what followed.</summary>
    /// <param name="kept">The ids that the encoder reads, without eos; at least one.</param>
    /// <param name="cut">The ids that the decoder writes, without eos; at least one.</param>
    /// <returns>What the encoder reads and what the decoder is to write.</returns>
    /// <exception cref="ArgumentException">A part is empty.</exception>
    public CorruptedText CutEnd(ReadOnlySpan<int> kept, ReadOnlySpan<int> cut)
    {
        if (kept.IsEmpty || cut.IsEmpty) throw new ArgumentException($"{(kept.IsEmpty ? nameof(kept) : nameof(cut))} is empty; expected at least one id");
        return Splice([.. kept, .. cut], [cut.Length], [kept.Length]);
    }

    private CorruptedText Splice(ReadOnlySpan<int> ids, int[] lengths, int[] gaps)
    {
        var inputs = new List<int>(ids.Length + 2);
        var targets = new List<int>(ids.Length + 2);
        int at = 0;
        for (int span = 0; span < lengths.Length; span++)
        {
            inputs.AddRange(ids.Slice(at, gaps[span]));
            at += gaps[span];
            inputs.Add(options.Sentinels[span]);
            targets.Add(options.Sentinels[span]);
            targets.AddRange(ids.Slice(at, lengths[span]));
            at += lengths[span];
        }

        inputs.AddRange(ids[at..]);
        if (options.FinalSentinel) targets.Add(options.Sentinels[lengths.Length]);
        inputs.Add(options.EosId);
        targets.Add(options.EosId);
        return new CorruptedText([.. inputs], [.. targets]);
    }

    private static int Round(double value, Func<double> uniform) => (int)Math.Floor(value + uniform());

    // Every way to write the total as that many parts of at least 1, each as likely.
    private static int[] SpanLengths(int total, int parts, Func<double> uniform)
    {
        int[] cuts = [0, .. Choose(parts - 1, total - 1, uniform).Select(cut => cut + 1), total];
        return [.. Enumerable.Range(0, parts).Select(i => cuts[i + 1] - cuts[i])];
    }

    // Every way to place the spans among the kept tokens, each as likely: none is needed before the first span or after
    // the last, one at least between two.
    private static int[] Gaps(int kept, int spans, Func<double> uniform)
    {
        int[] before = Choose(spans, kept + 1, uniform);
        return [.. before.Select((place, i) => i == 0 ? place : place - before[i - 1])];
    }

    // A uniform choice of count numbers below limit, ascending (Knuth, TAOCP 3.4.2, algorithm S).
    private static int[] Choose(int count, int limit, Func<double> uniform)
    {
        var chosen = new int[count];
        int found = 0;
        for (int i = 0; found < count; i++)
            if ((limit - i) * uniform() < count - found)
                chosen[found++] = i;
        return chosen;
    }
}
