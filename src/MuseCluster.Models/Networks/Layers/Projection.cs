using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Layers;

/// <summary>
/// x W^T + b. Its numbers are whatever memory held until a checkpoint's replace them: drawing those of a network of
/// hundreds of millions of weights would take longer than loading it.
/// </summary>
public sealed class Projection : nn.Module<Tensor, Tensor>
{
    private readonly bool _pointwise;

    /// <summary>Makes a projection.</summary>
    /// <param name="inputSize">The width it takes.</param>
    /// <param name="outputSize">The width it gives.</param>
    /// <param name="hasBias">Whether it adds a bias.</param>
    /// <param name="pointwise">Whether a checkpoint keeps it as a convolution of 1 x 1, which it then is at every place.</param>
    public Projection(long inputSize, long outputSize, bool hasBias, bool pointwise = false)
        : base(nameof(Projection))
    {
        _pointwise = pointwise;
        weight = pointwise ? Unset(outputSize, inputSize, 1, 1) : Unset(outputSize, inputSize);
        bias = hasBias ? Unset(outputSize) : null;
        RegisterComponents();
    }

    /// <summary>[output, input], or [output, input, 1, 1].</summary>
    public Parameter weight { get; }

    /// <summary>[output], or null.</summary>
    public Parameter? bias { get; }

    /// <summary>Projects.</summary>
    /// <param name="input">[..., input].</param>
    /// <returns>[..., output].</returns>
    public override Tensor forward(Tensor input)
    {
        if (!_pointwise)
            return nn.functional.linear(input, weight, bias);
        using Tensor matrix = weight.flatten(1);
        return nn.functional.linear(input, matrix, bias);
    }

    /// <summary>
    /// Projects a few vectors, such as what a batch is conditioned on. One alone is multiplied as a vector: as a matrix of one
    /// row it would have BLAS rearrange all the weights first, which takes longer than to use them.
    /// </summary>
    /// <param name="input">[count, input].</param>
    /// <returns>[count, output].</returns>
    public Tensor Vectors(Tensor input)
    {
        if (input.size(0) != 1)
            return forward(input);
        using DisposeScope scope = NewDisposeScope();
        Tensor projected = weight.matmul(input.squeeze(0));
        return scope.MoveToOuter((bias is null ? projected : projected.add(bias)).unsqueeze(0));
    }

    private static Parameter Unset(params long[] size)
    {
        using Tensor unset = empty(size);
        return new Parameter(unset);
    }
}
