using System.Runtime.InteropServices;

namespace MuseCluster.Torch;

/// <summary>What an argument of an operator is. The values are those of <c>Tag</c> in musetorch.cpp.</summary>
internal enum ArgumentKind : long
{
    None,
    Tensor,
    TensorList,
    Int,
    IntList,
    Double,
    Bool,
    ScalarInt,
    ScalarDouble,
    Dtype,
    Device,
    String,
    OptionalTensorList,
    DoubleList,
    BoolList,
}

/// <summary>A tagged value as the native side reads it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    internal ArgumentKind Kind;
    internal long Bits;
    internal long Count;
}

/// <summary>
/// One argument of a dispatcher call: a tensor, a list of tensors, a number, a list of numbers, a flag, a dtype,
/// a device, a string, or nothing. Made by the implicit conversions; lives only for the call.
/// </summary>
public readonly struct Argument
{
    internal readonly ArgumentKind Kind;
    internal readonly long Bits;
    internal readonly object? Reference;

    private Argument(ArgumentKind kind, long bits, object? reference = null)
    {
        Kind = kind;
        Bits = bits;
        Reference = reference;
    }

    /// <summary>The absent value of an optional argument.</summary>
    public static Argument None => default;

    /// <summary>A list whose elements may be absent, as <c>aten::index</c> takes.</summary>
    /// <param name="tensors">The elements.</param>
    /// <returns>The argument.</returns>
    public static Argument OptionalTensors(torch.Tensor?[] tensors) => new(ArgumentKind.OptionalTensorList, 0, tensors);

    /// <summary>A list of one integer, made without an array.</summary>
    /// <param name="value">The integer.</param>
    /// <returns>The argument.</returns>
    public static Argument Ints(long value) => new(ArgumentKind.IntList, value);

    /// <summary>Passes a tensor, or nothing.</summary>
    /// <param name="value">The tensor.</param>
    public static implicit operator Argument(torch.Tensor? value) => value is null ? default : new(ArgumentKind.Tensor, 0, value);

    /// <summary>Passes a list of tensors.</summary>
    /// <param name="value">The tensors.</param>
    public static implicit operator Argument(torch.Tensor[] value) =>
        new(ArgumentKind.TensorList, 0, value ?? throw new ArgumentNullException(nameof(value)));

    /// <summary>Passes an integer.</summary>
    /// <param name="value">The integer.</param>
    public static implicit operator Argument(long value) => new(ArgumentKind.Int, value);

    /// <summary>Passes an integer.</summary>
    /// <param name="value">The integer.</param>
    public static implicit operator Argument(int value) => new(ArgumentKind.Int, value);

    /// <summary>Passes an integer, or nothing.</summary>
    /// <param name="value">The integer.</param>
    public static implicit operator Argument(long? value) => value is { } v ? new(ArgumentKind.Int, v) : default;

    /// <summary>Passes a floating-point number.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Argument(double value) => new(ArgumentKind.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>Passes a floating-point number, or nothing.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Argument(double? value) => value is { } v ? v : default(Argument);

    /// <summary>Passes a flag.</summary>
    /// <param name="value">The flag.</param>
    public static implicit operator Argument(bool value) => new(ArgumentKind.Bool, value ? 1 : 0);

    /// <summary>Passes a flag, or nothing.</summary>
    /// <param name="value">The flag.</param>
    public static implicit operator Argument(bool? value) => value is { } v ? v : default(Argument);

    /// <summary>Passes a list of integers, or nothing.</summary>
    /// <param name="value">The integers.</param>
    public static implicit operator Argument(long[]? value) => value is null ? default : new(ArgumentKind.IntList, 0, value);

    /// <summary>Passes a list of numbers, or nothing.</summary>
    /// <param name="value">The numbers.</param>
    public static implicit operator Argument(double[]? value) => value is null ? default : new(ArgumentKind.DoubleList, 0, value);

    /// <summary>Passes a list of flags, or nothing.</summary>
    /// <param name="value">The flags.</param>
    public static implicit operator Argument(bool[]? value) => value is null ? default : new(ArgumentKind.BoolList, 0, value);

    /// <summary>Passes a scalar, integral or floating-point.</summary>
    /// <param name="value">The scalar.</param>
    public static implicit operator Argument(Scalar value) =>
        value.IsIntegral ? new(ArgumentKind.ScalarInt, value.Int64) : new(ArgumentKind.ScalarDouble, BitConverter.DoubleToInt64Bits(value.Double));

    /// <summary>Passes a scalar, or nothing.</summary>
    /// <param name="value">The scalar.</param>
    public static implicit operator Argument(Scalar? value) => value is { } v ? v : default(Argument);

    /// <summary>Passes an element type.</summary>
    /// <param name="value">The element type.</param>
    public static implicit operator Argument(torch.ScalarType value) => new(ArgumentKind.Dtype, (long)value);

    /// <summary>Passes an element type, or nothing.</summary>
    /// <param name="value">The element type.</param>
    public static implicit operator Argument(torch.ScalarType? value) => value is { } v ? v : default(Argument);

    /// <summary>Passes a device, or nothing.</summary>
    /// <param name="value">The device.</param>
    public static implicit operator Argument(torch.Device? value) => value is null ? default : new(ArgumentKind.Device, 0, value);

    /// <summary>Passes a string, or nothing.</summary>
    /// <param name="value">The string.</param>
    public static implicit operator Argument(string? value) => value is null ? default : new(ArgumentKind.String, 0, value);
}
