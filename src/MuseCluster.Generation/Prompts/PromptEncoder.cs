using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Tokenizers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Prompts;

/// <summary>Texts to what the transformers attend to: token ids of a fixed length, then the text encoder's output.</summary>
/// <param name="tokenizer">Cuts texts into pieces.</param>
/// <param name="encoder">The frozen text encoder; owned by the caller.</param>
/// <param name="length">Positions per text; longer texts are cut before their end mark.</param>
public sealed class PromptEncoder(Tokenizer tokenizer, T5Encoder encoder, int length)
{
    /// <summary>Positions per text.</summary>
    public int Length => length;

    /// <summary>Cuts and pads a text.</summary>
    /// <param name="text">The text; empty for the unconditional prompt.</param>
    /// <returns><see cref="Length"/> ids: pieces, the end mark, padding.</returns>
    public long[] Tokenize(string text)
    {
        var ids = tokenizer.EncodeToIds(text);
        var row = new long[length];
        Array.Fill(row, tokenizer.PadId);
        var count = Math.Min(ids.Length, length);
        for (var i = 0; i < count; i++)
            row[i] = ids[i];
        row[count - 1] = tokenizer.EosId;
        return row;
    }

    /// <summary>Runs the text encoder.</summary>
    /// <param name="ids">int64 [N, L], from <see cref="Tokenize"/>.</param>
    /// <returns>Embeddings [N, L, TextDim] and mask bool [N, L], true where not padding.</returns>
    public (Tensor Embeddings, Tensor Mask) Embed(Tensor ids)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var mask = ids.ne(tokenizer.PadId);
        return (scope.MoveToOuter(encoder.forward(ids, mask)), scope.MoveToOuter(mask));
    }
}
