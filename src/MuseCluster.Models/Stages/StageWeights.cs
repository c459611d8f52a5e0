using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Stages;

/// <summary>What a stage's network takes from its files.</summary>
/// <param name="Stage">The stage's name in the manifest.</param>
/// <param name="Tensors">The tensors, as the files hold them; others of the files are of no use to the network.</param>
public sealed record StageWeights(string Stage, IReadOnlyList<StageTensor> Tensors)
{
    private const int LoadedSize = sizeof(float);

    /// <summary>Numbers that the network has.</summary>
    public long Parameters => Tensors.Sum(t => t.Elements);

    /// <summary>Bytes of the network on its device: its numbers are 32 bits wide there, whatever they are in the files.</summary>
    public long LoadedBytes => Tensors.Sum(t => t.Elements * (t.DType.IsFloating() ? LoadedSize : t.DType.ItemSize()));

    /// <summary>The types that most numbers have in the files, most first.</summary>
    public IReadOnlyList<TensorDType> DTypes => [.. Tensors.GroupBy(t => t.DType).OrderByDescending(g => g.Sum(t => t.Elements)).Select(g => g.Key)];
}

/// <summary>A tensor of a stage's files.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="DType">Its type in the file.</param>
/// <param name="Shape">Its dimensions.</param>
public sealed record StageTensor(string Name, TensorDType DType, IReadOnlyList<long> Shape)
{
    /// <summary>How many numbers it has.</summary>
    public long Elements => Shape.Aggregate(1L, (product, side) => product * side);
}
