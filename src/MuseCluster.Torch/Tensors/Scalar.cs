namespace MuseCluster.Torch;

/// <summary>A number that an operator takes beside tensors, integral or floating-point.</summary>
public readonly struct Scalar
{
    private readonly long _bits;

    private Scalar(bool integral, long bits)
    {
        IsIntegral = integral;
        _bits = bits;
    }

    /// <summary>True for an integer, false for a floating-point number.</summary>
    public bool IsIntegral { get; }

    internal long Int64 => _bits;

    internal double Double => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>Makes an integral scalar.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Scalar(int value) => new(true, value);

    /// <summary>Makes an integral scalar.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Scalar(long value) => new(true, value);

    /// <summary>Makes a floating-point scalar.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Scalar(float value) => new(false, BitConverter.DoubleToInt64Bits(value));

    /// <summary>Makes a floating-point scalar.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Scalar(double value) => new(false, BitConverter.DoubleToInt64Bits(value));
}
