namespace MuseCluster.Models.Checkpoints;

/// <summary>How far the hashing of a model's files is.</summary>
/// <param name="File">The file being read, relative to the model's folder.</param>
/// <param name="BytesDone">Bytes hashed so far, over all files.</param>
/// <param name="BytesTotal">Bytes of all files.</param>
public readonly record struct HashProgress(string File, long BytesDone, long BytesTotal);
