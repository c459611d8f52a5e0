namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>The settings of NormalizerSpec (sentencepiece_model.proto) that encoding obeys, at their defaults.</summary>
internal sealed class NormalizerOptions
{
    /// <summary>The replacement rules.</summary>
    public ReadOnlyMemory<byte> CharsMap { get; set; }

    /// <summary>Whether a space goes before the text, so that a word reads the same at its start as within.</summary>
    public bool AddDummyPrefix { get; set; } = true;

    /// <summary>Whether leading, trailing and repeated spaces go away.</summary>
    public bool RemoveExtraWhitespaces { get; set; } = true;

    /// <summary>Whether spaces are written as U+2581.</summary>
    public bool EscapeWhitespaces { get; set; } = true;

    /// <summary>Whether the space of <see cref="AddDummyPrefix"/> goes after the text instead (TrainerSpec's field).</summary>
    public bool WhitespaceAsSuffix { get; set; }
}
