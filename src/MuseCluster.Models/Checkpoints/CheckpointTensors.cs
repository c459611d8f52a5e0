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

    /// <summary>
    /// Makes a network of a checkpoint's weights. Nothing of the network's size is allocated before the checkpoint is known to hold
    /// its tensors: a configuration that asks for terabytes is refused like any other that does not fit.
    /// </summary>
    /// <param name="make">
    /// Makes the network. What it makes without naming a device has no memory until the checkpoint's is adopted; a table that no
    /// checkpoint has must name the CPU.
    /// </param>
    /// <param name="checkpoint">Its weights; may be closed afterwards.</param>
    /// <param name="device">Where the weights go; null for the CPU.</param>
    /// <param name="dtype">What floating-point weights are converted to.</param>
    /// <param name="prefix">As in <see cref="LoadInto"/>.</param>
    /// <param name="ignore">As in <see cref="LoadInto"/>.</param>
    /// <param name="stored">As in <see cref="LoadInto"/>.</param>
    /// <returns>The network, in evaluation, asking for no gradients. On the CPU its weights are the file's memory: read-only.</returns>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected, misshapen or of whole numbers; all are named.</exception>
    public static T Load<T>(
        Func<T> make, Checkpoint checkpoint, Device? device = null, ScalarType dtype = float32, string prefix = "",
        Func<string, bool>? ignore = null, Func<string, IReadOnlyList<string>>? stored = null)
        where T : nn.Module
    {
        ArgumentNullException.ThrowIfNull(make);
        ArgumentNullException.ThrowIfNull(checkpoint);
        T network = WithoutMemory(make);
        try
        {
            Adopt(network, checkpoint, device ?? CPU, prefix, dtype, ignore, stored);
            // Tables that no checkpoint has are made where the network names their device: on the CPU.
            if (device is { type: not (DeviceType.CPU or DeviceType.META) })
                network.move_to(device);
            network.eval();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Fills a network from a checkpoint after checking every name, shape and type.</summary>
    /// <param name="module">The network.</param>
    /// <param name="checkpoint">Its weights.</param>
    /// <param name="prefix">What stands before the network's names in the checkpoint.</param>
    /// <param name="dtype">What floating-point weights are converted to.</param>
    /// <param name="ignore">Names in the checkpoint of tensors that may be there unused, beside those without the prefix; null for none.</param>
    /// <param name="stored">
    /// The name in the checkpoint of a tensor that the network calls otherwise, or several, whose tensors stand one below the other
    /// in the network's; null where names are the same.
    /// </param>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected, misshapen or of whole numbers; all are named.</exception>
    public static void LoadInto(
        nn.Module module, Checkpoint checkpoint, string prefix = "", ScalarType dtype = float32,
        Func<string, bool>? ignore = null, Func<string, IReadOnlyList<string>>? stored = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(checkpoint);
        Adopt(module, checkpoint, module.state_dict().Values.First().device, prefix, dtype, ignore, stored);
    }

    private static T WithoutMemory<T>(Func<T> make)
    {
        Device before = get_default_device();
        set_default_device(META);
        try
        {
            return make();
        }
        finally
        {
            set_default_device(before);
        }
    }

    private static void Adopt(
        nn.Module module, Checkpoint checkpoint, Device device, string prefix, ScalarType dtype, Func<string, bool>? ignore, Func<string, IReadOnlyList<string>>? stored)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var own = module.state_dict();
        IReadOnlyList<string> Stored(string name) => stored is null ? [prefix + name] : stored(prefix + name);
        TensorRequirement.Check(
            checkpoint,
            own.SelectMany(o =>
            {
                IReadOnlyList<string> names = Stored(o.Key);
                long[] shape = o.Value.shape;
                if (names.Count > 1) shape[0] /= names.Count;
                return names.Select(name => new TensorRequirement(name, shape) { Floating = o.Value.dtype != int64 });
            }),
            name => !name.StartsWith(prefix, StringComparison.Ordinal) || ignore?.Invoke(name) == true);
        module.adopt_state_dict(own.ToDictionary(o => o.Key, o =>
        {
            // What is converted on the way to a device must not stay until the last tensor is there.
            using DisposeScope inner = NewDisposeScope();
            // Counters stay whole numbers. Where nothing is kept, nothing is read; to a GPU it is less to move.
            Tensor[] parts = [.. Stored(o.Key).Select(name => checkpoint[name].ToTensor().to(device).to(o.Value.dtype == int64 ? int64 : dtype))];
            return inner.MoveToOuter(parts.Length == 1 ? parts[0] : cat(parts));
        }));
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

    /// <summary>Writes the elements of a contiguous tensor of the CPU, row-major.</summary>
    internal static void Write(Tensor tensor, Stream stream)
    {
        const int chunk = 1 << 24;
        using var flat = tensor.contiguous().view(-1);
        for (long at = 0; at < flat.numel(); at += chunk)
        {
            using var part = flat.narrow(0, at, Math.Min(chunk, flat.numel() - at));
            stream.Write(part.Bytes());
        }
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
