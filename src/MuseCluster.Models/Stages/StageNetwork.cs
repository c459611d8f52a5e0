using MuseCluster.Models.Checkpoints;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Stages;

/// <summary>The network of a stage before its weights are loaded.</summary>
/// <param name="Shape">What its configuration says of it.</param>
/// <param name="Load">Loads it for inference from its checkpoint, which may be closed afterwards, onto a device.</param>
/// <typeparam name="TShape">What its neighbours have to know of it.</typeparam>
/// <typeparam name="TNetwork">What the stage does with it.</typeparam>
internal sealed record StageNetwork<TShape, TNetwork>(TShape Shape, Func<Checkpoint, Device, TNetwork> Load);
