using MuseCluster.Models.Tokenizers.TokenizerJson;

namespace MuseCluster.Models.Tokenizers.Clip;

/// <summary>The tokens of a CLIP tokenizer: those of its vocabulary, and those that text is searched for as they are.</summary>
internal sealed class ClipVocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<int, string> _texts = [];
    private readonly HashSet<int> _special;

    /// <summary>Joins both kinds.</summary>
    /// <param name="ids">The vocabulary: id by token, no id twice.</param>
    /// <param name="added">Tokens that are found in the text before it is cleaned; they may be in the vocabulary too.</param>
    public ClipVocabulary(Dictionary<string, int> ids, IReadOnlyList<AddedToken> added)
    {
        _ids = ids;
        Added = added;
        foreach (var (text, id) in ids) _texts[id] = text;
        foreach (AddedToken token in added)
        {
            _texts[token.Id] = token.Content;
            _ids.TryAdd(token.Content, token.Id);
        }

        _special = [.. added.Where(t => t.Special).Select(t => t.Id)];
        Count = 1 + _texts.Keys.Max();
    }

    /// <summary>One more than the largest id.</summary>
    public int Count { get; }

    /// <summary>Tokens that are found in the text before it is cleaned.</summary>
    public IReadOnlyList<AddedToken> Added { get; }

    /// <summary>A token's id, or the one of what is not in the vocabulary.</summary>
    public int IdOf(string text, int unknown) => _ids.GetValueOrDefault(text, unknown);

    /// <summary>The text of an id; empty where no token has it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside the vocabulary.</exception>
    public string TextOf(int id)
    {
        if (id < 0 || id >= Count) throw new ArgumentOutOfRangeException(nameof(id), id, $"An id is outside the vocabulary of {Count}.");
        return _texts.GetValueOrDefault(id, "");
    }

    /// <summary>Whether an id is a mark rather than text.</summary>
    public bool IsSpecial(int id) => _special.Contains(id);
}
