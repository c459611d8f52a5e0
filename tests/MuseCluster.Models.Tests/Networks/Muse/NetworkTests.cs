namespace MuseCluster.Models.Tests.Networks.Muse;

/// <summary>Tests that count native tensors or seed libtorch's generator, which the whole process shares: never beside others.</summary>
[CollectionDefinition(nameof(NetworkTests), DisableParallelization = true)]
public sealed class NetworkTests;
