namespace MuseCluster.Models.Tokenizers;

/// <summary>
/// Turns text into the token ids a text encoder was trained on, and back. The member names follow
/// Microsoft.ML.Tokenizers, so that the package can take this type's place. Instances are immutable once
/// loaded and safe to use from many threads.
/// </summary>
public abstract class Tokenizer
{
    /// <summary>The number of ids: every id this tokenizer gives lies in <c>[0, VocabSize)</c>.</summary>
    public abstract int VocabSize { get; }

    /// <summary>The id that fills a row up to a common length, or -1 where the vocabulary has none (T5: 0).</summary>
    public abstract int PadId { get; }

    /// <summary>The id that ends a text, or -1 where the vocabulary has none (T5: 1).</summary>
    public abstract int EosId { get; }

    /// <summary>The id that stands for text outside the vocabulary (T5: 2).</summary>
    public abstract int UnkId { get; }

    /// <summary>The id that begins a text, or -1 where the vocabulary has none (T5: -1).</summary>
    public abstract int BosId { get; }

    /// <summary>Encodes <paramref name="text"/> as token ids.</summary>
    /// <param name="text">Any text; a surrogate without its partner reads as U+FFFD.</param>
    /// <param name="addEos">Whether to append the end of text; a vocabulary without one appends nothing.</param>
    /// <returns>The ids in reading order; for the empty text, just the end of text.</returns>
    public abstract int[] EncodeToIds(string text, bool addEos = true);

    /// <summary>Encodes <paramref name="text"/> as pieces, one for each id of <see cref="EncodeToIds"/>.</summary>
    /// <param name="text">Any text; a surrogate without its partner reads as U+FFFD.</param>
    /// <param name="addEos">Whether to append the end of text; a vocabulary without one appends nothing.</param>
    /// <returns>The pieces in reading order, spaces written as the vocabulary writes them.</returns>
    public abstract string[] EncodeToTokens(string text, bool addEos = true);

    /// <summary>Puts the text of <paramref name="ids"/> back together, leaving control tokens out.</summary>
    /// <param name="ids">Ids in <c>[0, VocabSize)</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    public abstract string Decode(IEnumerable<int> ids);
}
