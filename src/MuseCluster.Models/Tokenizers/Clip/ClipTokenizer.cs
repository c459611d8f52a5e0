using System.Text;
using MuseCluster.Models.Tokenizers.TokenizerJson;

namespace MuseCluster.Models.Tokenizers.Clip;

/// <summary>
/// CLIP's tokenizer: lower-cased text in byte pair encoding over bytes, between a begin and an end of text (arXiv 2103.00020,
/// section 2.4; <c>CLIPTokenizer</c> of transformers' <c>models/clip/tokenization_clip.py</c>). Ids equal the reference's where
/// the package ftfy is not installed; with it, the reference does not part Chinese characters, and repairs broken encodings.
/// </summary>
/// <remarks>Special tokens in the text, such as <c>&lt;|endoftext|&gt;</c>, become their ids, as in the reference.</remarks>
public sealed class ClipTokenizer : Tokenizer
{
    private readonly ClipVocabulary _vocabulary;
    private readonly BytePairMerges _merges;
    private readonly AddedTokenSplitter _splitter;
    private readonly ClipSpecialTokens _special;
    private readonly int[] _symbolIds;

    internal ClipTokenizer(ClipVocabulary vocabulary, BytePairMerges merges, ClipSpecialTokens special, int? maxLength)
    {
        _vocabulary = vocabulary;
        _merges = merges;
        _special = special;
        _splitter = new AddedTokenSplitter(vocabulary.Added.Select(t => (t, Encoding.UTF8.GetBytes(t.Content))));
        _symbolIds = [.. merges.Symbols.Select(s => vocabulary.IdOf(s, special.Unk))];
        MaxLength = maxLength;
    }

    /// <inheritdoc/>
    public override int VocabSize => _vocabulary.Count;

    /// <inheritdoc/>
    public override int PadId => _special.Pad;

    /// <inheritdoc/>
    public override int EosId => _special.Eos;

    /// <inheritdoc/>
    public override int UnkId => _special.Unk;

    /// <inheritdoc/>
    public override int BosId => _special.Bos;

    /// <summary><c>model_max_length</c>: ids of the longest text, begin and end included; null where the files set none.</summary>
    public int? MaxLength { get; }

    /// <summary>Loads a folder with <c>vocab.json</c>, <c>merges.txt</c> and, where they are there, <c>tokenizer_config.json</c> and
    /// <c>special_tokens_map.json</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="TokenizerFormatException">A file does not hold what it should; names file and field.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static ClipTokenizer Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return ClipTokenizerFolder.Load(folder);
    }

    /// <inheritdoc/>
    /// <param name="text">Any text; a surrogate without its partner is dropped.</param>
    /// <param name="addEos">Whether to put the text between begin and end of text.</param>
    /// <returns>The ids in reading order; for the empty text, begin and end.</returns>
    public override int[] EncodeToIds(string text, bool addEos = true)
    {
        var ids = new List<int>();
        Encode(text, addEos, ids, null);
        return [.. ids];
    }

    /// <summary>Encodes a text as a row of fixed length, as the reference does with truncation and padding.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="length">Ids wanted, at least 2; null for <see cref="MaxLength"/>.</param>
    /// <returns>Begin, as much of the text as fits, end, and padding.</returns>
    /// <exception cref="ArgumentException">No length is given, and the files set none.</exception>
    public int[] EncodeToRow(string text, int? length = null)
    {
        int count = length ?? MaxLength ?? throw new ArgumentException("The tokenizer's files set no model_max_length; give a length.", nameof(length));
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2, nameof(length));
        int[] ids = EncodeToIds(text);
        var row = new int[count];
        Array.Fill(row, PadId);
        ids.AsSpan(0, Math.Min(ids.Length, count)).CopyTo(row);
        if (ids.Length > count) row[^1] = EosId;
        return row;
    }

    /// <inheritdoc/>
    /// <param name="text">Any text; a surrogate without its partner is dropped.</param>
    /// <param name="addEos">Whether to put the text between begin and end of text.</param>
    /// <returns>The pieces in reading order, each byte as its letter and a word's end as <c>&lt;/w&gt;</c>.</returns>
    public override string[] EncodeToTokens(string text, bool addEos = true)
    {
        var tokens = new List<string>();
        Encode(text, addEos, [], tokens);
        return [.. tokens];
    }

    /// <inheritdoc/>
    /// <returns>The text, in lower case and with a space between any two words.</returns>
    public override string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var bytes = new List<byte>();
        foreach (int id in ids)
        {
            string token = _vocabulary.TextOf(id);
            if (_vocabulary.IsSpecial(id)) continue;
            foreach (char c in token)
            {
                if (ByteAlphabet.TryByte(c, out byte value)) bytes.Add(value);
                else bytes.AddRange(Encoding.UTF8.GetBytes(c.ToString()));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]).Replace(BytePairMerges.EndOfWord, " ", StringComparison.Ordinal).Trim();
    }

    private void Encode(string text, bool framed, List<int> ids, List<string>? tokens)
    {
        ArgumentNullException.ThrowIfNull(text);
        void Add(int id, string token)
        {
            ids.Add(id);
            tokens?.Add(token);
        }

        if (framed) Add(BosId, _vocabulary.TextOf(BosId));
        var symbols = new List<int>();
        _splitter.Split(Encoding.UTF8.GetBytes(text), (stretch, _, token) =>
        {
            if (token is not null)
            {
                Add(token.Id, token.Content);
                return;
            }

            foreach (string word in ClipWords.Of(ClipTextCleaner.Clean(Encoding.UTF8.GetString(stretch))))
            {
                // A mark that lower case made one: the reference does not take these two words apart.
                if (word is ClipWords.Begin or ClipWords.End)
                {
                    Add(_vocabulary.IdOf(word, UnkId), word);
                    continue;
                }

                symbols.Clear();
                _merges.Encode(word, symbols);
                foreach (int symbol in symbols) Add(_symbolIds[symbol], _merges.Symbols[symbol]);
            }
        });
        if (framed) Add(EosId, _vocabulary.TextOf(EosId));
    }
}
