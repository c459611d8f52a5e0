namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>What a piece is for; the numbers are those of sentencepiece_model.proto's SentencePiece.Type.</summary>
internal enum PieceKind : byte
{
    /// <summary>A piece the segmentation may use, at its score.</summary>
    Normal = 1,

    /// <summary>The piece that stands for anything else.</summary>
    Unknown = 2,

    /// <summary>A mark no text produces: padding, end of text.</summary>
    Control = 3,

    /// <summary>A symbol never taken apart nor normalised.</summary>
    UserDefined = 4,

    /// <summary>A piece that holds its id but is never used.</summary>
    Unused = 5,

    /// <summary>One byte of an unknown character.</summary>
    Byte = 6,
}
