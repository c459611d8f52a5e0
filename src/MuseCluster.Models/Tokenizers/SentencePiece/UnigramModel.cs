using System.Buffers;

namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>
/// Finds the most probable pieces of normalised text: Viterbi over a trie of the pieces, keeping the best path that
/// ends at each byte (<c>Model::EncodeOptimized</c> of unigram_model.cc 0.1.97), in time proportional to the
/// text's length times the longest piece's.
/// </summary>
/// <remarks>
/// Ties are common, since words share pieces, and fall by the rounding of the sums. So the arithmetic is
/// sentencepiece's to the bit: a path's score is single precision, a known piece is added in double, an unknown
/// character in single, and the first best path stays.
/// </remarks>
internal sealed class UnigramModel
{
    // kUnkPenalty: what an unknown character costs beyond the rarest piece.
    private const float UnknownPenalty = 10.0f;

    // FLT_MIN, where sentencepiece's search for the maximum begins: log probabilities, being negative, never exceed it.
    private const float SmallestPositive = 1.17549435e-38f;

    private readonly Vocabulary _vocabulary;
    private readonly float _unknownScore;
    private readonly float _maxScore = SmallestPositive;

    /// <summary>Takes the scores from <paramref name="vocabulary"/>.</summary>
    public UnigramModel(Vocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        var minScore = float.MaxValue;
        for (var id = 0; id < vocabulary.Count; id++)
        {
            ref readonly var piece = ref vocabulary[id];
            if (piece.Kind != PieceKind.Normal)
                continue;
            minScore = Math.Min(minScore, piece.Score);
            _maxScore = Math.Max(_maxScore, piece.Score);
        }

        _unknownScore = minScore - UnknownPenalty;
    }

    /// <summary>Adds the best pieces of <paramref name="text"/>.</summary>
    /// <param name="text">Normalised text.</param>
    /// <param name="wordEnds">Ascending positions no piece may cross, the last being the text's length.</param>
    /// <param name="pieces">Receives the pieces.</param>
    public void Segment(ReadOnlySpan<byte> text, ReadOnlySpan<int> wordEnds, PieceSink pieces)
    {
        if (text.IsEmpty)
            return;
        var paths = ArrayPool<Path>.Shared.Rent(text.Length + 1);
        try
        {
            var best = paths.AsSpan(0, text.Length + 1);
            best.Fill(new Path { Start = -1 });
            best[0].Score = 0;
            var start = 0;
            foreach (var end in wordEnds)
            {
                while (start < end)
                    start += Extend(text[..end], start, best);
            }

            Emit(text, wordEnds, best, pieces);
        }
        finally
        {
            ArrayPool<Path>.Shared.Return(paths);
        }
    }

    /// <summary>Tries every piece that starts at <paramref name="start"/>; returns the length of the character there.</summary>
    private int Extend(ReadOnlySpan<byte> text, int start, Span<Path> best)
    {
        var trie = _vocabulary.Segmented;
        var scoreHere = best[start].Score;
        var characterLength = Math.Min(Utf8Character.AnnouncedLength(text[start]), text.Length - start);
        var characterIsPiece = false;
        var node = ByteTrie.Root;
        for (var at = start; at < text.Length;)
        {
            node = trie.Step(node, text[at++]);
            if (node < 0)
                break;
            var id = trie.ValueAt(node);
            if (id < 0)
                continue;
            ref readonly var piece = ref _vocabulary[id];
            if (piece.Kind == PieceKind.Unused)
                continue;
            var length = at - start;
            // Sentencepiece means a bonus that makes a symbol always win; with a maximum of FLT_MIN it is just cheap.
            var score = piece.Kind == PieceKind.UserDefined ? (double)((float)length * _maxScore) - 0.1 : piece.Score;
            var candidate = score + scoreHere;
            ref var path = ref best[at];
            if (path.Start == -1 || candidate > path.Score)
                path = new Path { Score = (float)candidate, Start = start, Id = id };
            characterIsPiece |= length == characterLength;
        }

        if (!characterIsPiece)
        {
            var candidate = (float)(_unknownScore + scoreHere);
            ref var path = ref best[start + characterLength];
            if (path.Start == -1 || candidate > path.Score)
                path = new Path { Score = candidate, Start = start, Id = _vocabulary.UnkId };
        }

        return characterLength;
    }

    /// <summary>
    /// Walks the best path, which links backwards, in reading order. Neighbouring unknown characters of a word are one
    /// unknown piece (<c>PopulateSentencePieceText</c> in sentencepiece_processor.cc).
    /// </summary>
    private void Emit(ReadOnlySpan<byte> text, ReadOnlySpan<int> wordEnds, Span<Path> best, PieceSink pieces)
    {
        // Turn the links around in place: from here on, Start of a position on the best path is where its next piece ends.
        for (int end = text.Length, next = -1; end >= 0;)
        {
            var start = best[end].Start;
            best[end].Start = next;
            next = end;
            end = start;
        }

        var word = 0;
        for (var start = 0; start < text.Length;)
        {
            while (wordEnds[word] <= start)
                word++;
            var end = best[start].Start;
            var id = best[end].Id;
            if (id != _vocabulary.UnkId)
            {
                pieces.Add(id, text[start..end]);
            }
            else if (_vocabulary.ByteIds is { } byteIds)
            {
                foreach (var value in text[start..end])
                    pieces.Add(byteIds[value], _vocabulary[byteIds[value]].Text.Span);
            }
            else
            {
                while (end < wordEnds[word] && best[best[end].Start].Id == id)
                    end = best[end].Start;
                pieces.Add(id, text[start..end]);
            }

            start = end;
        }
    }

    private struct Path
    {
        public float Score;
        public int Start;
        public int Id;
    }
}
