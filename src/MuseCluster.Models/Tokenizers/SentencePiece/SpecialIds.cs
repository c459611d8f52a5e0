namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>The ids of a vocabulary's control tokens, each -1 where it has none.</summary>
/// <param name="Pad">Padding.</param>
/// <param name="Eos">End of text.</param>
/// <param name="Bos">Beginning of text.</param>
internal readonly record struct SpecialIds(int Pad, int Eos, int Bos);
