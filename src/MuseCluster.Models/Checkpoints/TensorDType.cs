namespace MuseCluster.Models.Checkpoints;

/// <summary>The element types that checkpoints may hold, named as safetensors headers name them.</summary>
public enum TensorDType
{
    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>IEEE 754 binary16.</summary>
    F16,

    /// <summary>bfloat16: the upper half of a binary32.</summary>
    BF16,

    /// <summary>IEEE 754 binary64.</summary>
    F64,

    /// <summary>Signed 64-bit integer.</summary>
    I64,

    /// <summary>Signed 32-bit integer.</summary>
    I32,

    /// <summary>Unsigned byte.</summary>
    U8,

    /// <summary>One byte: 0 or 1. The reader does not look at the data, so other values are the caller's to refuse.</summary>
    Bool,
}

/// <summary>Sizes and header names of <see cref="TensorDType"/>.</summary>
public static class TensorDTypes
{
    /// <summary>Every supported header name, for messages.</summary>
    internal const string Supported = "F32, F16, BF16, F64, I64, I32, U8, BOOL";

    /// <summary>Bytes of one element: 1, 2, 4 or 8.</summary>
    public static int ItemSize(this TensorDType dtype) => dtype switch
    {
        TensorDType.F64 or TensorDType.I64 => 8,
        TensorDType.F32 or TensorDType.I32 => 4,
        TensorDType.F16 or TensorDType.BF16 => 2,
        TensorDType.U8 or TensorDType.Bool => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "not a checkpoint dtype"),
    };

    /// <summary>Whether elements are floating-point numbers.</summary>
    public static bool IsFloating(this TensorDType dtype) => dtype is TensorDType.F32 or TensorDType.F16 or TensorDType.BF16 or TensorDType.F64;

    /// <summary>The name in a safetensors header, such as <c>BF16</c> or <c>BOOL</c>.</summary>
    public static string HeaderName(this TensorDType dtype) => dtype == TensorDType.Bool ? "BOOL" : dtype.ToString();

    /// <summary>Reads a header name; false for a type this project does not support. Names are case-sensitive.</summary>
    public static bool TryParse(string name, out TensorDType dtype)
    {
        TensorDType? found = name switch
        {
            "F32" => TensorDType.F32,
            "F16" => TensorDType.F16,
            "BF16" => TensorDType.BF16,
            "F64" => TensorDType.F64,
            "I64" => TensorDType.I64,
            "I32" => TensorDType.I32,
            "U8" => TensorDType.U8,
            "BOOL" => TensorDType.Bool,
            _ => null,
        };
        dtype = found.GetValueOrDefault();
        return found is not null;
    }
}
