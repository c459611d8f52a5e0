using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Layers;

/// <summary>
/// A table of vectors by index, <c>weight</c>. Its numbers are whatever memory held until they are drawn
/// (<see cref="T5.T5Initialization"/>) or loaded: drawing billions of numbers that a checkpoint then replaces takes
/// minutes and gigabytes.
/// </summary>
public sealed class VectorTable : nn.Module<Tensor, Tensor>
{
    /// <summary>Makes a table.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="dims">Columns.</param>
    public VectorTable(long count, long dims)
        : base(nameof(VectorTable))
    {
        using Tensor unset = empty([count, dims]);
        weight = new Parameter(unset);
        register_parameter(nameof(weight), weight);
    }

    /// <summary>[count, dims].</summary>
    public Parameter weight { get; }

    /// <summary>Looks rows up.</summary>
    /// <param name="input">Indices of any shape, int64.</param>
    /// <returns>The indices' shape, then dims.</returns>
    public override Tensor forward(Tensor input) => nn.functional.embedding(input, weight);
}
