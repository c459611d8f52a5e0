namespace MuseCluster.Generation.Tests.Decoding;

/// <summary>Tests that count native tensors, which the whole process shares: never beside others.</summary>
[CollectionDefinition(nameof(DecoderTests), DisableParallelization = true)]
public sealed class DecoderTests;
