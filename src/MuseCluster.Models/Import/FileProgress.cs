using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Import;

/// <summary>How far work on files is.</summary>
/// <param name="Activity">What is done: <c>copying</c>, <c>hashing</c>, <c>converting</c>.</param>
/// <param name="File">The file, relative to the model's folder.</param>
/// <param name="BytesDone">Bytes done of this activity, over all files.</param>
/// <param name="BytesTotal">Bytes of all files.</param>
public readonly record struct FileProgress(string Activity, string File, long BytesDone, long BytesTotal)
{
    /// <summary>Tells of hashing.</summary>
    /// <param name="progress">Who is told, on the hashing thread; null for nobody.</param>
    public static IProgress<HashProgress>? OfHashing(IProgress<FileProgress>? progress) => progress is null ? null : new Hashing(progress);

    private sealed class Hashing(IProgress<FileProgress> progress) : IProgress<HashProgress>
    {
        public void Report(HashProgress value) => progress.Report(new FileProgress("hashing", value.File, value.BytesDone, value.BytesTotal));
    }
}
