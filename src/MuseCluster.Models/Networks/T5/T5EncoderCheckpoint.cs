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
    private static readonly Operator ViewAs = new("aten::view", "dtype");

    /// <summary>Loads an encoder for inference: its parameters ask for no gradients.</summary>
    /// <param name="config">The model.</param>
    /// <param name="checkpoint">Its weights, F32, F16 or BF16; may be closed afterwards.</param>
    /// <param name="device">Where the weights go; null for the CPU.</param>
    /// <param name="dtype">Their type: float32 or bfloat16.</param>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected or of the wrong shape; lists all.</exception>
    /// <exception cref="ArgumentException">The config is not valid, or the type is not one of the two.</exception>
    public static T5Encoder Load(T5Config config, Checkpoint checkpoint, Device? device = null, ScalarType dtype = float32)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (dtype is not (float32 or bfloat16))
            throw new ArgumentException($"dtype is {dtype}; T5 needs the range of Float32 or BFloat16", nameof(dtype));
        var encoder = new T5Encoder(config, draw: false);
        var state = new Dictionary<string, Tensor>();
        try
        {
            Dictionary<string, Tensor> own = encoder.state_dict();
            bool onlyCopy = !checkpoint.TryGet(Shared, out _) && checkpoint.TryGet(EmbeddingCopy, out _);
            string Source(string name) => onlyCopy && name == Shared ? EmbeddingCopy : name;
            TensorRequirement.Check(checkpoint, own.Select(p => new TensorRequirement(Source(p.Key), p.Value.shape)), IsUnused);
            foreach (string name in own.Keys)
                state.Add(name, Read(checkpoint[Source(name)], device ?? CPU, dtype));
            encoder.adopt_state_dict(state);
            return encoder;
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
        finally
        {
            foreach (Tensor tensor in state.Values) tensor.Dispose();
        }
    }

    private static bool IsUnused(string name) =>
        name is EmbeddingCopy or "lm_head.weight" || name.StartsWith("decoder.", StringComparison.Ordinal);

    private static Tensor Read(TensorView view, Device device, ScalarType dtype)
    {
        ScalarType stored = view.DType switch
        {
            TensorDType.F32 => float32,
            TensorDType.F16 => float16,
            TensorDType.BF16 => bfloat16,
            _ => throw new CheckpointException(view.File, view.Name, $"is {view.DType.HeaderName()}; expected F32, F16 or BF16"),
        };
        using MemoryLease lease = view.Lease();
        using DisposeScope scope = NewDisposeScope();
        Tensor bytes = from_blob(view.Pointer, [view.ByteLength], uint8);
        Tensor aligned = view.IsAligned ? bytes : bytes.clone();
        Tensor raw = ViewAs.Call(aligned, stored).view(view.Shape);
        // What is returned must not point into the file.
        Tensor loaded = device.type == DeviceType.CPU ? raw.to(dtype, copy: true) : raw.to(device).to(dtype);
        return loaded.DetachFromDisposeScope();
    }
}
