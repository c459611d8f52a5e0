using System.Runtime.InteropServices;
using System.Text;

namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>Joins pieces to text as <c>SentencePieceProcessor::Decode</c> of sentencepiece 0.1.97 does.</summary>
internal sealed class PieceDecoder
{
    private readonly Vocabulary _vocabulary;
    private readonly ReadOnlyMemory<byte> _unknownSurface;
    private readonly bool _dropsLeadingSpace;
    private readonly bool _dropsAllLeadingSpaces;
    private readonly TextNormalizer? _denormalizer;

    /// <summary>Prepares decoding.</summary>
    /// <param name="vocabulary">The pieces.</param>
    /// <param name="options">How text was normalised: tells which leading spaces were not the text's own.</param>
    /// <param name="unknownSurface">What an unknown piece reads as, in UTF-8.</param>
    /// <param name="denormalizer">Replacements to make in the joined text, or null.</param>
    public PieceDecoder(
        Vocabulary vocabulary, NormalizerOptions options, ReadOnlyMemory<byte> unknownSurface, TextNormalizer? denormalizer)
    {
        _vocabulary = vocabulary;
        _unknownSurface = unknownSurface;
        _dropsLeadingSpace = options.AddDummyPrefix || options.RemoveExtraWhitespaces;
        _dropsAllLeadingSpaces = options.RemoveExtraWhitespaces;
        _denormalizer = denormalizer;
    }

    /// <summary>What an unknown piece reads as unless the model says otherwise: U+2047 between spaces.</summary>
    public static ReadOnlyMemory<byte> DefaultUnknownSurface { get; } = " \u2047 "u8.ToArray();

    /// <summary>Joins the pieces of <paramref name="ids"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    public string Decode(IEnumerable<int> ids)
    {
        var text = new List<byte>();
        var bytes = new List<byte>();
        var leadingSpaceSeen = false;
        var atStart = true;
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)_vocabulary.Count)
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"An id is outside the vocabulary of {_vocabulary.Count}.");
            ref readonly var piece = ref _vocabulary[id];
            if (piece.Kind == PieceKind.Byte && Vocabulary.TryParseByte(piece.Text.Span, out var value))
            {
                bytes.Add(value);
                continue;
            }

            FlushBytes(bytes, text);
            if (leadingSpaceSeen || text.Count > 0)
                atStart = false;
            leadingSpaceSeen = false;
            switch (piece.Kind)
            {
                case PieceKind.Control:
                    break;
                case PieceKind.Unknown:
                    text.AddRange(_unknownSurface.Span);
                    break;
                default:
                    leadingSpaceSeen = AppendPiece(piece.Text.Span, atStart && _dropsLeadingSpace, text);
                    break;
            }
        }

        FlushBytes(bytes, text);
        if (_denormalizer is not null)
        {
            var denormalized = new List<byte>(text.Count);
            _denormalizer.Normalize(CollectionsMarshal.AsSpan(text), denormalized);
            text = denormalized;
        }

        return Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(text));
    }

    /// <summary>Appends a piece with its spaces made plain; returns whether the one leading space is now spent.</summary>
    private bool AppendPiece(ReadOnlySpan<byte> piece, bool dropSpace, List<byte> text)
    {
        var dropped = dropSpace && piece.StartsWith(Utf8Character.Space);
        if (dropped)
            piece = piece[Utf8Character.Space.Length..];
        while (piece.IndexOf(Utf8Character.Space) is var at and >= 0)
        {
            text.AddRange(piece[..at]);
            text.Add((byte)' ');
            piece = piece[(at + Utf8Character.Space.Length)..];
        }

        text.AddRange(piece);
        return dropped && !_dropsAllLeadingSpaces;
    }

    private static void FlushBytes(List<byte> bytes, List<byte> text)
    {
        for (var rest = (ReadOnlySpan<byte>)CollectionsMarshal.AsSpan(bytes); !rest.IsEmpty;)
        {
            var used = CharsMap.Identity.ReplacePrefix(rest, out var character);
            text.AddRange(character);
            rest = rest[used..];
        }

        bytes.Clear();
    }
}
