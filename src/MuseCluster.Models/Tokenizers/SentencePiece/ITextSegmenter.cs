namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>Cuts text into pieces: the whole way from raw bytes to ids, short of the ending.</summary>
internal interface ITextSegmenter
{
    /// <summary>Adds the pieces of <paramref name="text"/>, in reading order.</summary>
    /// <param name="text">Raw text: UTF-8 that may be broken.</param>
    /// <param name="pieces">Receives the pieces.</param>
    void Segment(ReadOnlySpan<byte> text, PieceSink pieces);
}
