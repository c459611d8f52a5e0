using System.Buffers;
using System.Text;
using MuseCluster.Models.Tokenizers.SentencePiece;
using MuseCluster.Models.Tokenizers.TokenizerJson;

namespace MuseCluster.Models.Tokenizers;

/// <summary>
/// SentencePiece's unigram tokenizer (Kudo, "Subword Regularization", 2018; Kudo and Richardson,
/// "SentencePiece", 2018), as T5 uses it. Reads sentencepiece's own <c>.model</c> files, for which the ids equal
/// <c>spm_encode</c> 0.1.97's for every byte sequence, and Hugging Face's <c>tokenizer.json</c>.
/// </summary>
/// <remarks>
/// A <c>tokenizer.json</c> runs through Hugging Face's steps in their order, except where those steps depart from
/// the sentencepiece model the network was trained with: the charsmap replaces the longest match, not the shortest of
/// a grapheme; scores add up in single precision over the whole text, so that ties fall as in sentencepiece; and a
/// special token comes only from its exact text, never from normalised text such as full-width letters.
/// Time and memory grow linearly with the text.
/// </remarks>
public sealed class SentencePieceTokenizer : Tokenizer
{
    // A T5 model file is 0.8 MB, the largest multilingual tokenizer.json about 20 MB.
    private const long MaxFileBytes = 256L << 20;

    private readonly Vocabulary _vocabulary;
    private readonly ITextSegmenter _segmenter;
    private readonly PieceDecoder _decoder;
    private readonly int[] _ending;

    internal SentencePieceTokenizer(
        Vocabulary vocabulary, ITextSegmenter segmenter, PieceDecoder decoder, SpecialIds special, int[] ending)
    {
        _vocabulary = vocabulary;
        _segmenter = segmenter;
        _decoder = decoder;
        _ending = ending;
        PadId = special.Pad;
        EosId = special.Eos;
        BosId = special.Bos;
    }

    /// <inheritdoc/>
    public override int VocabSize => _vocabulary.Count;

    /// <inheritdoc/>
    public override int PadId { get; }

    /// <inheritdoc/>
    public override int EosId { get; }

    /// <inheritdoc/>
    public override int UnkId => _vocabulary.UnkId;

    /// <inheritdoc/>
    public override int BosId { get; }

    /// <summary>
    /// Loads a tokenizer file: <c>.json</c> as Hugging Face's tokenizer.json, <c>.model</c> as sentencepiece's
    /// protobuf; under any other name, whichever its first byte tells.
    /// </summary>
    /// <param name="path">The file; at most 256 MiB.</param>
    /// <exception cref="TokenizerFormatException">The content is not a unigram tokenizer of either format.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SentencePieceTokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var length = new FileInfo(path).Length;
        if (length > MaxFileBytes)
            throw new TokenizerFormatException(path, "file", $"at most {MaxFileBytes} bytes, found {length}");
        var content = File.ReadAllBytes(path);
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".json" => LoadJson(content, path),
            ".model" => LoadModel(content, path),
            _ => content is [(byte)'{', ..] or [0xEF, 0xBB, 0xBF, (byte)'{', ..]
                ? LoadJson(content, path)
                : LoadModel(content, path),
        };
    }

    /// <summary>Reads the content of a sentencepiece <c>.model</c> file.</summary>
    /// <param name="content">The whole file; kept, and not to be changed afterwards.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="TokenizerFormatException">The content is not a unigram model.</exception>
    public static SentencePieceTokenizer LoadModel(ReadOnlyMemory<byte> content, string name) =>
        ModelFile.Load(content, name);

    /// <summary>Reads the content of a Hugging Face <c>tokenizer.json</c> file with a Unigram model.</summary>
    /// <param name="content">The whole file, in UTF-8.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="TokenizerFormatException">The content is not a Unigram tokenizer, or has a step not known here.</exception>
    public static SentencePieceTokenizer LoadJson(ReadOnlyMemory<byte> content, string name) =>
        TokenizerJsonFile.Load(content, name);

    /// <inheritdoc/>
    public override int[] EncodeToIds(string text, bool addEos = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        return WithUtf8(text, utf8 => EncodeToIds(utf8, addEos));
    }

    /// <summary>Encodes text given as UTF-8.</summary>
    /// <param name="utf8">Any bytes; those that are not UTF-8 read as U+FFFD each, as in <c>spm_encode</c>.</param>
    /// <param name="addEos">Whether to append the end of text; a vocabulary without one appends nothing.</param>
    /// <returns>The ids in reading order; for the empty text, just the end of text.</returns>
    public int[] EncodeToIds(ReadOnlySpan<byte> utf8, bool addEos = true)
    {
        var pieces = new PieceSink(keepText: false);
        _segmenter.Segment(utf8, pieces);
        AddEnding(pieces, addEos);
        return [.. pieces.Ids];
    }

    /// <inheritdoc/>
    public override string[] EncodeToTokens(string text, bool addEos = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        return WithUtf8(text, utf8 => EncodeToTokens(utf8, addEos));
    }

    /// <summary>Encodes text given as UTF-8 as pieces, one for each id.</summary>
    /// <param name="utf8">Any bytes; those that are not UTF-8 read as U+FFFD each, as in <c>spm_encode</c>.</param>
    /// <param name="addEos">Whether to append the end of text; a vocabulary without one appends nothing.</param>
    /// <returns>The pieces in reading order, spaces as U+2581; an unknown piece is the text it stands for.</returns>
    public string[] EncodeToTokens(ReadOnlySpan<byte> utf8, bool addEos = true)
    {
        var pieces = new PieceSink(keepText: true);
        _segmenter.Segment(utf8, pieces);
        AddEnding(pieces, addEos);
        return [.. pieces.Texts];
    }

    /// <summary>
    /// Puts the text of <paramref name="ids"/> back together as <c>spm_decode</c> does: control tokens vanish, an
    /// unknown token reads as the model's unknown surface (by default " ⁇ "), byte pieces join to UTF-8.
    /// </summary>
    /// <param name="ids">Ids in <c>[0, VocabSize)</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    public override string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return _decoder.Decode(ids);
    }

    private void AddEnding(PieceSink pieces, bool addEos)
    {
        if (!addEos)
            return;
        foreach (var id in _ending)
            pieces.Add(id, _vocabulary[id].Text.Span);
    }

    private delegate T Utf8Function<T>(ReadOnlySpan<byte> utf8);

    private static T WithUtf8<T>(string text, Utf8Function<T> use)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            return use(buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
