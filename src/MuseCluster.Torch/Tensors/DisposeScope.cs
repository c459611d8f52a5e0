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
    private int _sweepAt = 256;
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

    /// <summary>Hands a tensor to the scope outside this one, or to the caller alone if there is none. A tensor that this
    /// scope does not hold stays where it is.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <returns><paramref name="tensor"/>.</returns>
    public torch.Tensor MoveToOuter(torch.Tensor tensor)
    {
        if (tensor.Scope != this)
            return tensor;
        tensor.Scope = _outer;
        _outer?.Add(tensor);
        return tensor;
    }

    /// <summary>Hands two tensors to the scope outside this one.</summary>
    /// <param name="first">A tensor.</param>
    /// <param name="second">Another.</param>
    /// <returns>Both.</returns>
    public (torch.Tensor first, torch.Tensor second) MoveToOuter(torch.Tensor first, torch.Tensor second) => (MoveToOuter(first), MoveToOuter(second));

    /// <summary>Hands tensors to the scope outside this one.</summary>
    /// <param name="tensors">The tensors.</param>
    public void MoveToOuter(IEnumerable<torch.Tensor> tensors)
    {
        foreach (var tensor in tensors)
            MoveToOuter(tensor);
    }

    /// <summary>Takes a tensor out of every scope: the caller disposes it.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <returns><paramref name="tensor"/>.</returns>
    public torch.Tensor Detach(torch.Tensor tensor)
    {
        tensor.Scope = null;
        return tensor;
    }

    /// <summary>Puts a tensor under this scope's care, out of any other's.</summary>
    /// <param name="tensor">The tensor.</param>
    public void Attach(torch.Tensor tensor)
    {
        if (tensor.Scope == this)
            return;
        tensor.Scope = this;
        Add(tensor);
    }

    /// <summary>Whether this scope will dispose a tensor.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <returns>True if so.</returns>
    public bool Contains(torch.Tensor tensor) => tensor.Scope == this;

    internal static void Register(torch.Tensor tensor)
    {
        if (_current is not { } scope)
            return;
        tensor.Scope = scope;
        scope.Add(tensor);
    }

    // Tensors that are disposed or leave early stay listed; forgetting them each time the list has doubled keeps
    // a scope around a long loop as small as what it really holds.
    private void Add(torch.Tensor tensor)
    {
        if (_tensors.Count >= _sweepAt)
        {
            _tensors.RemoveAll(t => t.Scope != this);
            _sweepAt = Math.Max(256, 2 * _tensors.Count);
        }
        _tensors.Add(tensor);
    }
}
