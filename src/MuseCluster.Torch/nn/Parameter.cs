namespace MuseCluster.Torch.Modules;

/// <summary>A tensor that a module learns. It belongs to its module, never to a <see cref="DisposeScope"/>.</summary>
public sealed class Parameter : torch.Tensor
{
    /// <summary>Makes a parameter over a tensor's storage.</summary>
    /// <param name="data">The initial value; it may be disposed afterwards.</param>
    /// <param name="requires_grad">Whether it is learned.</param>
    public Parameter(torch.Tensor data, bool requires_grad = true)
        : base(data.NewReference())
    {
        DetachFromDisposeScope();
        if (requires_grad)
            this.requires_grad = true;
    }
}
