using System.Buffers.Text;
using System.Text;

namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>
/// The pieces by id, checked as sentencepiece's <c>ModelInterface::InitializePieces</c> checks them: no piece is empty
/// or defined twice, exactly one is unknown, and byte fallback has all its 256 byte pieces.
/// </summary>
internal sealed class Vocabulary
{
    private readonly Piece[] _pieces;

    // Two name spaces, as in sentencepiece: text may be spelled like a control token without being one.
    private readonly ByteTrie _reserved;

    /// <summary>Checks and takes over <paramref name="pieces"/>.</summary>
    /// <param name="pieces">The pieces; a piece's index is its id.</param>
    /// <param name="byteFallback">Whether unknown characters fall apart into bytes.</param>
    /// <param name="file">The file, for errors.</param>
    /// <param name="field">The field that lists the pieces, for errors.</param>
    /// <param name="fieldOf">The field that holds the piece of an id, for errors.</param>
    /// <exception cref="TokenizerFormatException">A rule is broken.</exception>
    public Vocabulary(Piece[] pieces, bool byteFallback, string file, string field, Func<int, string> fieldOf)
    {
        _pieces = pieces;
        UnkId = -1;
        var segmented = new List<KeyValuePair<ReadOnlyMemory<byte>, int>>(pieces.Length);
        var reserved = new List<KeyValuePair<ReadOnlyMemory<byte>, int>>();
        var byteIds = new int[256];
        Array.Fill(byteIds, -1);
        for (var id = 0; id < pieces.Length; id++)
        {
            var piece = pieces[id];
            // Sentencepiece's tries hold C strings: a piece with a NUL inside could never be matched whole.
            if (piece.Text.IsEmpty || piece.Text.Span.Contains((byte)0))
                throw new TokenizerFormatException(file, fieldOf(id), "a piece of at least one byte, none of them NUL");
            if (!float.IsFinite(piece.Score))
                throw new TokenizerFormatException(file, fieldOf(id), $"a finite score, found {piece.Score}");
            var isSegmented = piece.Kind is PieceKind.Normal or PieceKind.UserDefined or PieceKind.Unused;
            (isSegmented ? segmented : reserved).Add(new(piece.Text, id));
            if (piece.Kind == PieceKind.Unknown)
            {
                if (UnkId >= 0)
                    throw new TokenizerFormatException(file, fieldOf(id), $"one unknown piece, but {UnkId} is unknown too");
                UnkId = id;
            }
            else if (piece.Kind == PieceKind.Byte)
            {
                if (!byteFallback || !TryParseByte(piece.Text.Span, out var value))
                    throw new TokenizerFormatException(file, fieldOf(id), "no byte piece but <0x00> to <0xFF>, and those with byte_fallback only");
                byteIds[value] = id;
            }
        }

        if (UnkId < 0)
            throw new TokenizerFormatException(file, field, "an unknown piece");
        if (byteFallback && byteIds.Contains(-1))
            throw new TokenizerFormatException(file, field, "all 256 byte pieces, byte_fallback being on");
        if (segmented.Count == 0)
            throw new TokenizerFormatException(file, field, "at least one normal piece");
        ByteIds = byteFallback ? byteIds : null;
        Segmented = new ByteTrie(segmented);
        _reserved = new ByteTrie(reserved);
        var duplicate = Segmented.FirstDuplicate >= 0 ? Segmented.FirstDuplicate : _reserved.FirstDuplicate;
        if (duplicate >= 0)
            throw new TokenizerFormatException(file, fieldOf(duplicate), $"no piece twice, found '{TextOf(duplicate)}' again");
    }

    /// <summary>The number of pieces.</summary>
    public int Count => _pieces.Length;

    /// <summary>The id of the unknown piece.</summary>
    public int UnkId { get; }

    /// <summary>The ids of the byte pieces by byte, or null without byte fallback.</summary>
    public int[]? ByteIds { get; }

    /// <summary>The pieces that text is cut into (normal, user-defined, unused), by their bytes.</summary>
    public ByteTrie Segmented { get; }

    /// <summary>The piece of an id in <c>[0, Count)</c>.</summary>
    public ref readonly Piece this[int id] => ref _pieces[id];

    /// <summary>The id of a control piece by its text, or -1.</summary>
    public int ControlId(ReadOnlySpan<byte> text)
    {
        var length = _reserved.LongestPrefix(text, out var id);
        return length == text.Length && length > 0 && _pieces[id].Kind == PieceKind.Control ? id : -1;
    }

    /// <summary>The text of a piece, for messages.</summary>
    public string TextOf(int id) => Encoding.UTF8.GetString(_pieces[id].Text.Span);

    /// <summary>Reads a byte piece: <c>&lt;0x</c>, two upper-case hexadecimal digits, <c>&gt;</c>.</summary>
    public static bool TryParseByte(ReadOnlySpan<byte> piece, out byte value)
    {
        value = 0;
        return piece.Length == 6
            && piece.StartsWith("<0x"u8)
            && piece[5] == '>'
            && !piece.Slice(3, 2).ContainsAnyInRange((byte)'a', (byte)'f')
            && Utf8Parser.TryParse(piece.Slice(3, 2), out value, out var used, 'X')
            && used == 2;
    }
}
