namespace MuseCluster.Torch.Modules;

/// <summary>A tensor that a module learns. It belongs to its module, never to a <see cref="DisposeScope"/>.</summary>
public sealed class Parameter : torch.Tensor
{
    /// <summary>Makes a parameter over a tensor's storage.</summary>
    /// <param name="data">The initial value; it may be disposed afterwards.</param>
    /// <param name="requires_grad">Whether it is learned.</param>
    public Parameter(torch.Tensor data, bool requires_grad = true)
        : base(Leaf(data))
    {
        DetachFromDisposeScope();
        if (requires_grad)
            this.requires_grad = true;
    }

    // Makes a parameter of a tensor that nobody else needs.
    internal static Parameter Take(torch.Tensor data)
    {
        using (data)
            return new Parameter(data);
    }

    // A parameter starts the graph: sharing the tensor itself would give it the history of how it was computed,
    // and would make the caller's tensor learned too.
    private static nint Leaf(torch.Tensor data)
    {
        using var leaf = data.detach();
        return leaf.NewReference();
    }
}
