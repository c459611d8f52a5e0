namespace MuseCluster.Models.Prompts;

/// <summary>Text encoding: a tokenizer and a frozen network that turn a prompt into what transformers attend to.</summary>
public interface IPromptEncoder : IDisposable
{
    /// <summary>The dimensions of what it gives.</summary>
    PromptShape Shape { get; }

    /// <summary>Encodes a text, alone.</summary>
    /// <param name="text">Any text; the empty one for the unconditional prompt.</param>
    /// <returns>Its embedding, N = 1, on the network's device, in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The text is none that the encoder takes; the message says what it takes.</exception>
    PromptEmbedding Encode(string text);
}
