using System.Text;

namespace MuseCluster.Models.Tokenizers.Clip;

/// <summary>
/// Byte pair encoding (Sennrich et al., arXiv 1508.07909) over bytes, where a word's last byte carries an end mark: again and
/// again the pair of the lowest rank becomes one symbol, everywhere in the word at once. Time grows with n log n of the word's
/// length n: the reference's search, which grows with its square, takes minutes for a word of a megabyte.
/// </summary>
internal sealed class BytePairMerges
{
    /// <summary>What a word's last byte carries in the vocabulary.</summary>
    public const string EndOfWord = "</w>";

    private const int Gone = -1;
    private readonly List<string> _texts = [];
    private readonly Dictionary<string, int> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Left, int Right), (int Rank, int Whole)> _merges = [];

    /// <summary>Prepares merging.</summary>
    /// <param name="merges">The pairs, the most wanted first; of equal pairs the last counts.</param>
    public BytePairMerges(IEnumerable<(string Left, string Right)> merges)
    {
        for (int b = 0; b <= byte.MaxValue; b++) Symbol(ByteAlphabet.Character((byte)b).ToString());
        for (int b = 0; b <= byte.MaxValue; b++) Symbol(ByteAlphabet.Character((byte)b) + EndOfWord);
        int rank = 0;
        foreach (var (left, right) in merges)
            _merges[(Symbol(left), Symbol(right))] = (rank++, Symbol(left + right));
    }

    /// <summary>The text of every symbol that a merge makes or takes, by its number.</summary>
    public IReadOnlyList<string> Symbols => _texts;

    /// <summary>Cuts a word into symbols.</summary>
    /// <param name="word">A word that is not empty.</param>
    /// <param name="output">Receives the numbers of its symbols.</param>
    public void Encode(string word, List<int> output)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(word);
        int[] symbols = Array.ConvertAll(bytes, b => (int)b);
        symbols[^1] += 1 + byte.MaxValue;
        if (symbols.Length > 1) Merge(symbols);
        output.AddRange(symbols.Where(s => s != Gone));
    }

    private void Merge(int[] symbols)
    {
        var next = new int[symbols.Length];
        var previous = new int[symbols.Length];
        var queue = new PriorityQueue<(int Left, int Right), (int Rank, int At)>();
        void Offer(int left)
        {
            if (left >= 0 && next[left] < symbols.Length && _merges.TryGetValue((symbols[left], symbols[next[left]]), out var merge))
                queue.Enqueue((symbols[left], symbols[next[left]]), (merge.Rank, left));
        }

        for (int i = 0; i < symbols.Length; i++) (next[i], previous[i]) = (i + 1, i - 1);
        for (int i = 0; i < symbols.Length; i++) Offer(i);
        var merged = new List<int>();
        while (queue.TryPeek(out _, out var first))
        {
            // All places of one pair, left to right, before any pair that they make, even if that is wanted more.
            merged.Clear();
            while (queue.TryPeek(out var pair, out var place) && place.Rank == first.Rank)
            {
                queue.Dequeue();
                int left = place.At, right = next[left];
                if (symbols[left] != pair.Left || right >= symbols.Length || symbols[right] != pair.Right) continue;
                symbols[left] = _merges[pair].Whole;
                symbols[right] = Gone;
                next[left] = next[right];
                if (next[right] < symbols.Length) previous[next[right]] = left;
                merged.Add(left);
            }

            foreach (int left in merged)
            {
                Offer(left);
                Offer(previous[left]);
            }
        }
    }

    private int Symbol(string text)
    {
        if (!_symbols.TryGetValue(text, out int symbol))
        {
            symbol = _texts.Count;
            _symbols.Add(text, symbol);
            _texts.Add(text);
        }

        return symbol;
    }
}
