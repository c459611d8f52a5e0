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
    /// <summary>Makes a projection.</summary>
    /// <param name="inputSize">The width it takes.</param>
    /// <param name="outputSize">The width it gives.</param>
    /// <param name="hasBias">Whether it adds a bias.</param>
    public Projection(long inputSize, long outputSize, bool hasBias)
        : base(nameof(Projection))
    {
        weight = Unset(outputSize, inputSize);
        bias = hasBias ? Unset(outputSize) : null;
        RegisterComponents();
    }

    /// <summary>[output, input].</summary>
    public Parameter weight { get; }

    /// <summary>[output], or null.</summary>
    public Parameter? bias { get; }

    /// <summary>Projects.</summary>
    /// <param name="input">[..., input].</param>
    /// <returns>[..., output].</returns>
    public override Tensor forward(Tensor input) => nn.functional.linear(input, weight, bias);

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
