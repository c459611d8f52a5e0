namespace MuseCluster.Torch;

/// <summary>
/// Disposes every tensor made on this thread since it was opened, except those moved out of it. Scopes nest; open one
/// with <see cref="torch.NewDisposeScope"/>. A scope belongs to the thread that opened it: no await inside.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? _current;

    private readonly DisposeScope? _outer;
    private readonly List<torch.Tensor> _tensors = [];
    private bool _disposed;

    internal DisposeScope()
    {
        _outer = _current;
        _current = this;
    }

    /// <summary>How many tensors the scope holds.</summary>
    public int DisposablesCount => _tensors.Count(t => t.Scope == this && !t.IsDisposed);

    /// <summary>Disposes what the scope holds and makes the outer scope current.</summary>
    /// <exception cref="InvalidOperationException">A scope opened later is still open.</exception>
    public void Dispose()
    {
        if (_disposed)
            return;
        if (_current != this)
            throw new InvalidOperationException("A DisposeScope must be disposed on its own thread, innermost first.");
        _disposed = true;
        _current = _outer;
        foreach (var tensor in _tensors)
            if (tensor.Scope == this)
                tensor.Dispose();
        _tensors.Clear();
    }

    /// <summary>Hands a tensor to the scope outside this one, or to the caller alone if there is none.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <returns><paramref name="tensor"/>.</returns>
    public torch.Tensor MoveToOuter(torch.Tensor tensor)
    {
        tensor.Scope = _outer;
        _outer?._tensors.Add(tensor);
        return tensor;
    }

    /// <summary>Takes a tensor out of every scope: the caller disposes it.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <returns><paramref name="tensor"/>.</returns>
    public torch.Tensor Detach(torch.Tensor tensor)
    {
        tensor.Scope = null;
        return tensor;
    }

    internal static void Register(torch.Tensor tensor)
    {
        if (_current is not { } scope)
            return;
        tensor.Scope = scope;
        scope._tensors.Add(tensor);
    }

    internal static DisposeScope? OuterOf(torch.Tensor tensor) => tensor.Scope?._outer;
}
