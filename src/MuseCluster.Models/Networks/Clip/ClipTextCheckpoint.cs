using MuseCluster.Models.Checkpoints;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Clip;

/// <summary>
/// Loads text encoders from the checkpoints of HuggingFace: those of <c>CLIPTextModelWithProjection</c> and
/// <c>CLIPTextModel</c>, and those of whole CLIP models, whose picture encoder is left where it lies.
/// </summary>
public static class ClipTextCheckpoint
{
    private const string Projection = "text_projection.weight";

    /// <summary>Loads an encoder for inference: its parameters ask for no gradients.</summary>
    /// <param name="config">
    /// The model. Where it does not say whether there is a projection, there is one if the checkpoint has it.
    /// </param>
    /// <param name="checkpoint">Its weights; may be closed afterwards.</param>
    /// <param name="device">Where the weights go; null for the CPU.</param>
    /// <param name="dtype">Their type: float32 or bfloat16.</param>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected or of the wrong shape; lists all.</exception>
    /// <exception cref="ConfigException">The config is not valid.</exception>
    public static ClipTextEncoder Load(ClipTextConfig config, Checkpoint checkpoint, Device? device = null, ScalarType dtype = float32)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(checkpoint);
        return CheckpointTensors.Load(
            () => new ClipTextEncoder(config, config.Projected ?? checkpoint.TryGet(Projection, out _)), checkpoint, device, dtype, ignore: IsUnused);
    }

    // Older checkpoints hold the numbers 0, 1, 2... as a tensor.
    private static bool IsUnused(string name) =>
        name is "text_model.embeddings.position_ids" or "visual_projection.weight" or "logit_scale"
        || name.StartsWith("vision_model.", StringComparison.Ordinal);
}
