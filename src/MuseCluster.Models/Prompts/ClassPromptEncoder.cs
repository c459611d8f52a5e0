using System.Globalization;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Prompts;

/// <summary>
/// Classes as prompts: a text is a class's number, such as 207. The empty text is no class, which a network that knows classes
/// alone cannot take for a prompt.
/// </summary>
/// <param name="classes">How many there are.</param>
/// <param name="device">Where the transformers are; null for the CPU.</param>
public sealed class ClassPromptEncoder(int classes, Device? device = null) : IPromptEncoder
{
    /// <summary>The dimensions of a class: its number.</summary>
    public static PromptShape ClassShape { get; } = new(1, 1);

    /// <inheritdoc/>
    public PromptShape Shape => ClassShape;

    /// <inheritdoc/>
    public PromptEmbedding Encode(string text)
    {
        var empty = string.IsNullOrWhiteSpace(text);
        var number = 0;
        if (!empty && !(int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out number) && number < classes))
            throw new ArgumentException($"The prompt is '{(text.Length > 40 ? text[..40] + "..." : text)}'; this model takes a class's number, 0 to {classes - 1}.", nameof(text));
        using var scope = NewDisposeScope();
        return new PromptEmbedding(
            scope.MoveToOuter(full([1, 1, 1], number, float32).to(device ?? CPU)), scope.MoveToOuter(full([1, 1], empty ? 0 : 1, int64).ne(0).to(device ?? CPU)));
    }

    /// <summary>The classes behind what <see cref="Encode"/> gave.</summary>
    /// <param name="prompt">N prompts.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <returns>N numbers.</returns>
    /// <exception cref="ArgumentException">One is no class.</exception>
    public static long[] Numbers(PromptEmbedding prompt, int classes)
    {
        using var scope = NewDisposeScope();
        if (!prompt.Mask.all().item<bool>())
        {
            throw new ArgumentException(
                "A prompt is empty; this model takes a class's number and has no class that stands for none. With guidance, the negative prompt is a class too; without, set guidance to 0.", nameof(prompt));
        }

        var numbers = prompt.Embeddings.flatten().to(int64).ToArray<long>();
        return Array.TrueForAll(numbers, n => n >= 0 && n < classes)
            ? numbers
            : throw new ArgumentException($"A class is {numbers.First(n => n < 0 || n >= classes)}; expected 0 to {classes - 1}.", nameof(prompt));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
