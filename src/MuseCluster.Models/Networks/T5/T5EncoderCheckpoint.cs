using MuseCluster.Models.Checkpoints;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.T5;

/// <summary>
/// Loads encoders from the checkpoints of HuggingFace: those of <c>T5EncoderModel</c>, and those of whole T5 models, whose
/// decoder is left where it lies. Both keep the embeddings as <c>shared.weight</c>; <c>encoder.embed_tokens.weight</c>, where
/// it is there at all, is a copy.
/// </summary>
public static class T5EncoderCheckpoint
{
    private const string Shared = "shared.weight";
    private const string EmbeddingCopy = "encoder.embed_tokens.weight";

    /// <summary>Loads an encoder for inference: its parameters ask for no gradients.</summary>
    /// <param name="config">The model.</param>
    /// <param name="checkpoint">Its weights; may be closed afterwards.</param>
    /// <param name="device">Where the weights go; null for the CPU.</param>
    /// <param name="dtype">Their type: float32 or bfloat16.</param>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected, of the wrong shape or of whole numbers; lists all.</exception>
    /// <exception cref="ArgumentException">The config is not valid, or the type is not one of the two.</exception>
    public static T5Encoder Load(T5Config config, Checkpoint checkpoint, Device? device = null, ScalarType dtype = float32)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (dtype is not (float32 or bfloat16))
            throw new ArgumentException($"dtype is {dtype}; T5 needs the range of Float32 or BFloat16", nameof(dtype));
        bool onlyCopy = !checkpoint.TryGet(Shared, out _) && checkpoint.TryGet(EmbeddingCopy, out _);
        return CheckpointTensors.Load(
            () => new T5Encoder(config, draw: false), checkpoint, device, dtype, ignore: IsUnused, stored: name => [onlyCopy && name == Shared ? EmbeddingCopy : name]);
    }

    private static bool IsUnused(string name) =>
        name is EmbeddingCopy or "lm_head.weight" || name.StartsWith("decoder.", StringComparison.Ordinal);
}
