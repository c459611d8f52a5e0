using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Tokenizers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Prompts;

/// <summary>Texts by a T5 encoder (Muse, arXiv 2301.00704, section 2.1): pieces, their end mark, padding that is masked.</summary>
/// <param name="tokenizer">Cuts texts into pieces.</param>
/// <param name="encoder">The frozen text encoder; owned by this object.</param>
/// <param name="length">Positions per text; longer texts are cut before their end mark.</param>
/// <param name="device">Where the encoder is; null for the CPU.</param>
/// <param name="use">Which of its states are taken; null for those of the text itself.</param>
public sealed class T5PromptEncoder(Tokenizer tokenizer, T5Encoder encoder, int length, Device? device = null, TextUse? use = null) : IPromptEncoder
{
    /// <inheritdoc/>
    public PromptShape Shape => new(length, encoder.Config.DModel);

    /// <summary>Cuts texts into pieces.</summary>
    public Tokenizer Tokenizer => tokenizer;

    /// <summary>The text encoder.</summary>
    public T5Encoder Encoder => encoder;

    /// <inheritdoc/>
    public PromptEmbedding Encode(string text)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var embedded = Embed(tensor(Tokenize(text), [1, length]).to(device ?? CPU));
        var mask = use is { EmptyIsNone: true } && text.Length == 0 ? zeros_like(embedded.Mask) : embedded.Mask;
        return new PromptEmbedding(scope.MoveToOuter(embedded.Embeddings), scope.MoveToOuter(mask));
    }

    /// <summary>Cuts and pads a text.</summary>
    /// <param name="text">The text; empty for the unconditional prompt.</param>
    /// <returns>Ids of the encoder's length: pieces, the end mark, padding.</returns>
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
    /// <param name="ids">int64 [N, Length], from <see cref="Tokenize"/>.</param>
    /// <returns>The embeddings of N texts, in the caller's dispose scope.</returns>
    public PromptEmbedding Embed(Tensor ids)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var mask = use is { Padding: true } ? ids.ge(0) : ids.ne(tokenizer.PadId);
        return new PromptEmbedding(scope.MoveToOuter(encoder.forward(ids, mask)), scope.MoveToOuter(mask));
    }

    /// <inheritdoc/>
    public void Dispose() => encoder.Dispose();
}
