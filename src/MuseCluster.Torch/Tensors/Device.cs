namespace MuseCluster.Torch;

/// <summary>Kinds of device, with libtorch's numbers.</summary>
public enum DeviceType
{
    /// <summary>The processor.</summary>
    CPU = 0,

    /// <summary>An NVIDIA GPU.</summary>
    CUDA = 1,

    /// <summary>No memory: shapes and types alone, without elements.</summary>
    META = 14,
}

public static partial class torch
{
    /// <summary>Where a tensor lives.</summary>
    public sealed record Device
    {
        /// <summary>Names a device.</summary>
        /// <param name="type">Its kind.</param>
        /// <param name="index">Its index; -1 for the current one.</param>
        public Device(DeviceType type, int index = -1)
        {
            this.type = type;
            this.index = index;
        }

        /// <summary>Names a device as PyTorch writes it: <c>cpu</c>, <c>meta</c>, <c>cuda</c>, <c>cuda:1</c>.</summary>
        /// <param name="description">The name.</param>
        /// <exception cref="ArgumentException">It is none of these.</exception>
        public Device(string description)
        {
            var parts = description.Split(':');
            type = parts[0] switch
            {
                "cpu" => DeviceType.CPU,
                "cuda" => DeviceType.CUDA,
                "meta" => DeviceType.META,
                _ => throw new ArgumentException($"device '{description}' is unknown: expected cpu, meta, cuda or cuda:N", nameof(description)),
            };
            index = -1;
            if (parts.Length > 2 || (parts.Length == 2 && (!int.TryParse(parts[1], out var n) || (index = n) < 0)))
                throw new ArgumentException($"device '{description}' has no valid index: expected cpu, meta, cuda or cuda:N", nameof(description));
        }

        /// <summary>Its kind.</summary>
        public DeviceType type { get; }

        /// <summary>Its index; -1 for the current one.</summary>
        public int index { get; }

        /// <inheritdoc/>
        public override string ToString() => index < 0 ? type.ToString().ToLowerInvariant() : $"{type.ToString().ToLowerInvariant()}:{index}";
    }

    /// <summary>The processor.</summary>
    public static Device CPU { get; } = new(DeviceType.CPU);

    /// <summary>The current CUDA device.</summary>
    public static Device CUDA { get; } = new(DeviceType.CUDA);

    /// <summary>No memory: tensors of it have a shape and a type, and no elements.</summary>
    public static Device META { get; } = new(DeviceType.META);

    /// <summary>Names a device as PyTorch writes it.</summary>
    /// <param name="description">E.g. <c>cuda:0</c>.</param>
    /// <returns>The device.</returns>
    public static Device device(string description) => new(description);

    /// <summary>Names a device.</summary>
    /// <param name="type">Its kind.</param>
    /// <param name="index">Its index; -1 for the current one.</param>
    /// <returns>The device.</returns>
    public static Device device(DeviceType type, int index = -1) => new(type, index);

    /// <summary>Element types, with libtorch's numbers.</summary>
    public enum ScalarType : sbyte
    {
        /// <summary>8-bit unsigned integer.</summary>
        Byte = 0,

        /// <summary>8-bit signed integer.</summary>
        Int8 = 1,

        /// <summary>16-bit signed integer.</summary>
        Int16 = 2,

        /// <summary>32-bit signed integer.</summary>
        Int32 = 3,

        /// <summary>64-bit signed integer.</summary>
        Int64 = 4,

        /// <summary>IEEE half precision.</summary>
        Float16 = 5,

        /// <summary>IEEE single precision.</summary>
        Float32 = 6,

        /// <summary>IEEE double precision.</summary>
        Float64 = 7,

        /// <summary>Boolean, one byte.</summary>
        Bool = 11,

        /// <summary>bfloat16.</summary>
        BFloat16 = 15,
    }

    /// <summary>8-bit unsigned integer.</summary>
    public const ScalarType uint8 = ScalarType.Byte;

    /// <summary>8-bit signed integer.</summary>
    public const ScalarType int8 = ScalarType.Int8;

    /// <summary>16-bit signed integer.</summary>
    public const ScalarType int16 = ScalarType.Int16;

    /// <summary>32-bit signed integer.</summary>
    public const ScalarType int32 = ScalarType.Int32;

    /// <summary>64-bit signed integer.</summary>
    public const ScalarType int64 = ScalarType.Int64;

    /// <summary>IEEE half precision.</summary>
    public const ScalarType float16 = ScalarType.Float16;

    /// <summary>bfloat16.</summary>
    public const ScalarType bfloat16 = ScalarType.BFloat16;

    /// <summary>IEEE single precision.</summary>
    public const ScalarType float32 = ScalarType.Float32;

    /// <summary>IEEE double precision.</summary>
    public const ScalarType float64 = ScalarType.Float64;

    /// <summary>Boolean.</summary>
    public const ScalarType @bool = ScalarType.Bool;
}
