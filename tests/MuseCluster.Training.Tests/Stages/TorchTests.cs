namespace MuseCluster.Training.Tests.Stages;

/// <summary>Tests that count native tensors or seed libtorch's generator, which the whole process shares: never beside others.</summary>
[CollectionDefinition(nameof(TorchTests), DisableParallelization = true)]
public sealed class TorchTests;
