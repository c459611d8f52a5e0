namespace MuseCluster.Torch;

/// <summary>libtorch refused or failed an operation. The message names the operator and the reason.</summary>
public class TorchException : Exception
{
    /// <summary>Creates an exception for a failed operation.</summary>
    /// <param name="operation">The operator or native function, e.g. <c>aten::mm</c>.</param>
    /// <param name="reason">libtorch's own words, without a C++ backtrace.</param>
    public TorchException(string operation, string reason)
        : base($"{operation}: {reason}")
    {
        Operation = operation;
        Reason = reason;
    }

    /// <summary>The operator or native function that failed.</summary>
    public string Operation { get; }

    /// <summary>Why, in libtorch's words.</summary>
    public string Reason { get; }
}

/// <summary>libtorch could not allocate memory.</summary>
public sealed class TorchOutOfMemoryException(string operation, string reason) : TorchException(operation, reason);
