namespace MuseCluster.Models.Tokenizers.Clip;

/// <summary>The ids of a CLIP tokenizer's marks.</summary>
/// <param name="Bos">Begins a text.</param>
/// <param name="Eos">Ends a text.</param>
/// <param name="Pad">Fills a row.</param>
/// <param name="Unk">Stands for what is not in the vocabulary.</param>
internal readonly record struct ClipSpecialTokens(int Bos, int Eos, int Pad, int Unk);
