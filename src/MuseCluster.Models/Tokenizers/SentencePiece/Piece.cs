namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>One entry of a vocabulary.</summary>
/// <param name="Text">Its text in UTF-8, spaces as U+2581; a slice of the file it came from.</param>
/// <param name="Score">Its log probability.</param>
/// <param name="Kind">What it is for.</param>
internal readonly record struct Piece(ReadOnlyMemory<byte> Text, float Score, PieceKind Kind);
