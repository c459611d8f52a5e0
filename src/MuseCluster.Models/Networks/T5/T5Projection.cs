using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.T5;

/// <summary>x W^T, without a bias as all of T5's layers. Unset at first, for the reason <see cref="T5Embedding"/> gives.</summary>
public sealed class T5Projection : nn.Module<Tensor, Tensor>
{
    /// <summary>Makes a projection.</summary>
    /// <param name="inputSize">The width it takes.</param>
    /// <param name="outputSize">The width it gives.</param>
    public T5Projection(long inputSize, long outputSize)
        : base(nameof(T5Projection))
    {
        using Tensor unset = empty([outputSize, inputSize]);
        weight = new Parameter(unset);
        register_parameter(nameof(weight), weight);
    }

    /// <summary>[output, input].</summary>
    public Parameter weight { get; }

    /// <summary>Projects.</summary>
    /// <param name="input">[..., input].</param>
    /// <returns>[..., output].</returns>
    public override Tensor forward(Tensor input) => nn.functional.linear(input, weight);
}
