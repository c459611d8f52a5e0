using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Checkpoints;

/// <summary>Where checkpoints and tensors meet: mapped memory becomes tensors without a copy, tensors become files.</summary>
public static class CheckpointTensors
{
    /// <summary>A tensor over a checkpoint's mapped memory; the map stays open until the last such tensor is gone.</summary>
    /// <param name="view">What the file holds.</param>
    /// <returns>A CPU tensor of the file's element type; a copy only where the file aligns it badly.</returns>
    public static Tensor ToTensor(this TensorView view)
    {
        var type = view.DType.ToScalarType();
        if (view.IsAligned)
        {
            var lease = view.Lease();
            return from_blob(view.Pointer, view.Shape, type, lease.Dispose);
        }
        var copy = empty(view.Shape, type);
        view.Bytes.CopyTo(copy.Bytes());
        return copy;
    }

    /// <summary>Fills a network from a checkpoint after checking every name and shape.</summary>
    /// <param name="module">The network.</param>
    /// <param name="checkpoint">Its weights.</param>
    /// <param name="prefix">What stands before the network's names in the checkpoint.</param>
    /// <param name="dtype">What floating-point weights are converted to.</param>
    /// <param name="ignore">Names in the checkpoint of tensors that may be there unused, beside those without the prefix; null for none.</param>
    /// <param name="stored">The name in the checkpoint of a tensor that the network calls otherwise; null where names are the same.</param>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected or misshapen; all are named.</exception>
    public static void LoadInto(
        nn.Module module, Checkpoint checkpoint, string prefix = "", ScalarType dtype = float32, Func<string, bool>? ignore = null, Func<string, string>? stored = null)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var own = module.state_dict();
        string Stored(string name) => stored is null ? prefix + name : stored(prefix + name);
        TensorRequirement.Check(
            checkpoint,
            own.Select(o => new TensorRequirement(Stored(o.Key), o.Value.shape)),
            name => !name.StartsWith(prefix, StringComparison.Ordinal) || ignore?.Invoke(name) == true);
        var device = own.Values.First().device;
        // Counters stay whole numbers.
        module.adopt_state_dict(own.ToDictionary(
            o => o.Key, o => checkpoint[Stored(o.Key)].ToTensor().to(o.Value.dtype == int64 ? int64 : dtype).to(device)));
    }

    /// <summary>Writes tensors to a safetensors file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Tensors by name; floating-point ones of any device.</param>
    /// <param name="dtype">What floating-point tensors are written as; null keeps their own.</param>
    /// <param name="metadata">Text stored in the header.</param>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, ScalarType? dtype = null, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var sources = tensors.Select(t =>
        {
            var value = t.Value.detach().cpu();
            var stored = (dtype is { } type && value.dtype is float32 or float64 ? value.to(dtype ?? value.dtype) : value).contiguous();
            return TensorSource.FromBytes(t.Key, stored.dtype.ToTensorDType(), stored.shape, stored.Bytes().ToArray());
        });
        SafetensorsWriter.Write(path, sources.ToList(), metadata);
    }

    /// <summary>The element type of tensors over a checkpoint's elements.</summary>
    /// <param name="dtype">The checkpoint's.</param>
    /// <returns>libtorch's.</returns>
    public static ScalarType ToScalarType(this TensorDType dtype) => dtype switch
    {
        TensorDType.F32 => float32,
        TensorDType.F64 => float64,
        TensorDType.F16 => float16,
        TensorDType.BF16 => bfloat16,
        TensorDType.I64 => int64,
        TensorDType.I32 => int32,
        TensorDType.U8 => uint8,
        TensorDType.Bool => torch.@bool,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "has no libtorch type"),
    };

    private static TensorDType ToTensorDType(this ScalarType type) => type switch
    {
        float32 => TensorDType.F32,
        float64 => TensorDType.F64,
        float16 => TensorDType.F16,
        bfloat16 => TensorDType.BF16,
        int64 => TensorDType.I64,
        int32 => TensorDType.I32,
        uint8 => TensorDType.U8,
        torch.@bool => TensorDType.Bool,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "cannot be stored in safetensors"),
    };

    private static Span<byte> Bytes(this Tensor tensor) => tensor.dtype switch
    {
        float32 or int32 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.data<int>()),
        float16 or bfloat16 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.data<short>()),
        uint8 or torch.@bool => tensor.data<byte>(),
        _ => System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.data<long>()),
    };
}
