using System.Runtime.InteropServices;

namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>
/// Byte strings with a value each, arranged so that all prefixes of a text are found in one walk. Nodes lie in
/// breadth-first order with the children of a node side by side, sorted by label: one node per distinct prefix, so
/// memory is bounded by the keys' total length.
/// </summary>
internal sealed class ByteTrie
{
    /// <summary>The node every walk starts from.</summary>
    public const int Root = 0;

    private readonly Node[] _nodes;
    private readonly byte[] _labels;
    private readonly int[] _rootChildren = new int[256];

    /// <summary>Builds the trie. Of equal keys the first counts.</summary>
    /// <param name="entries">Keys of at least one byte and their values, which must not be negative.</param>
    public ByteTrie(IEnumerable<KeyValuePair<ReadOnlyMemory<byte>, int>> entries)
    {
        var sorted = entries.ToArray();
        Array.Sort(sorted, static (a, b) =>
            a.Key.Span.SequenceCompareTo(b.Key.Span) is var order and not 0 ? order : a.Value.CompareTo(b.Value));
        FirstDuplicate = -1;

        var nodes = new List<Node> { new() { Value = -1 } };
        var labels = new List<byte> { 0 };
        var pending = new Queue<(int Node, int From, int To, int Depth)>();
        pending.Enqueue((Root, 0, sorted.Length, 0));
        while (pending.TryDequeue(out var item))
        {
            var (node, from, to, depth) = item;
            var value = -1;
            while (from < to && sorted[from].Key.Length == depth)
            {
                if (value < 0)
                    value = sorted[from].Value;
                else if (FirstDuplicate < 0 || sorted[from].Value < FirstDuplicate)
                    FirstDuplicate = sorted[from].Value;
                from++;
            }

            var firstChild = nodes.Count;
            while (from < to)
            {
                var label = sorted[from].Key.Span[depth];
                var end = from + 1;
                while (end < to && sorted[end].Key.Span[depth] == label)
                    end++;
                pending.Enqueue((nodes.Count, from, end, depth + 1));
                nodes.Add(default);
                labels.Add(label);
                from = end;
            }

            CollectionsMarshal.AsSpan(nodes)[node] = new Node { FirstChild = firstChild, ChildCount = nodes.Count - firstChild, Value = value };
        }

        _nodes = [.. nodes];
        _labels = [.. labels];
        Array.Fill(_rootChildren, -1);
        for (var i = 0; i < _nodes[Root].ChildCount; i++)
            _rootChildren[_labels[_nodes[Root].FirstChild + i]] = _nodes[Root].FirstChild + i;
    }

    /// <summary>The smallest value whose key another entry held already, or -1.</summary>
    public int FirstDuplicate { get; }

    /// <summary>Whether there is no key at all.</summary>
    public bool IsEmpty => _nodes.Length == 1;

    /// <summary>The node that <paramref name="label"/> leads to from <paramref name="node"/>, or -1.</summary>
    public int Step(int node, byte label)
    {
        // Every character starts at the root, whose fan-out makes a search there cost the most.
        if (node == Root)
            return _rootChildren[label];
        ref readonly var parent = ref _nodes[node];
        var index = _labels.AsSpan(parent.FirstChild, parent.ChildCount).IndexOf(label);
        return index < 0 ? -1 : parent.FirstChild + index;
    }

    /// <summary>The value of the key that ends at <paramref name="node"/>, or -1.</summary>
    public int ValueAt(int node) => _nodes[node].Value;

    /// <summary>The length of the longest key <paramref name="text"/> starts with, 0 if none, and its value.</summary>
    public int LongestPrefix(ReadOnlySpan<byte> text, out int value)
    {
        value = -1;
        var longest = 0;
        var node = Root;
        for (var i = 0; i < text.Length; i++)
        {
            node = Step(node, text[i]);
            if (node < 0)
                break;
            if (_nodes[node].Value < 0)
                continue;
            value = _nodes[node].Value;
            longest = i + 1;
        }

        return longest;
    }

    private struct Node
    {
        public int FirstChild;
        public int ChildCount;
        public int Value;
    }
}
