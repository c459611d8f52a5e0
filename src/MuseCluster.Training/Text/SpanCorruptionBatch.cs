using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Text;

/// <summary>Corrupted texts of different lengths as tensors, padded at their ends. Disposing it disposes them.</summary>
/// <param name="InputIds">[B, S] int64: what the encoder reads.</param>
/// <param name="InputMask">[B, S] bool: false at padding.</param>
/// <param name="DecoderIds">[B, T] int64: the start token, then the targets without their last.</param>
/// <param name="Labels">[B, T] int64: the targets; <see cref="Ignored"/> at padding.</param>
public sealed record SpanCorruptionBatch(Tensor InputIds, Tensor InputMask, Tensor DecoderIds, Tensor Labels) : IDisposable
{
    /// <summary>The label from which no loss is taken.</summary>
    public const long Ignored = -100;

    /// <summary>Pads texts to the longest.</summary>
    /// <param name="texts">At least one text.</param>
    /// <param name="padId">Fills inputs and starts targets, as in T5.</param>
    /// <param name="device">Where the tensors go; null for the CPU.</param>
    public static SpanCorruptionBatch Pad(IReadOnlyList<CorruptedText> texts, int padId, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfZero(texts.Count);
        int inputLength = texts.Max(text => text.InputIds.Length);
        int targetLength = texts.Max(text => text.TargetIds.Length);
        var inputs = new long[texts.Count * inputLength];
        var mask = new bool[inputs.Length];
        var decoder = new long[texts.Count * targetLength];
        var labels = new long[decoder.Length];
        Array.Fill(inputs, padId);
        Array.Fill(decoder, padId);
        Array.Fill(labels, Ignored);
        for (int row = 0; row < texts.Count; row++)
        {
            CorruptedText text = texts[row];
            for (int i = 0; i < text.InputIds.Length; i++)
            {
                inputs[(row * inputLength) + i] = text.InputIds[i];
                mask[(row * inputLength) + i] = true;
            }

            for (int i = 0; i < text.TargetIds.Length; i++)
            {
                labels[(row * targetLength) + i] = text.TargetIds[i];
                if (i + 1 < targetLength) decoder[(row * targetLength) + i + 1] = text.TargetIds[i];
            }
        }

        return new SpanCorruptionBatch(
            tensor(inputs, [texts.Count, inputLength], device: device),
            tensor(mask, [texts.Count, inputLength], device: device),
            tensor(decoder, [texts.Count, targetLength], device: device),
            tensor(labels, [texts.Count, targetLength], device: device));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        InputIds.Dispose();
        InputMask.Dispose();
        DecoderIds.Dispose();
        Labels.Dispose();
    }
}
