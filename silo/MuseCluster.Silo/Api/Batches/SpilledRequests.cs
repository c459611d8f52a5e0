using System.Collections;
using System.Text.Json;
using MuseCluster.Generation.Pipelines;
using Microsoft.Win32.SafeHandles;

namespace MuseCluster.Silo.Api.Batches;

/// <summary>Requests in a file that goes with this object: a batch's may have hundreds of megabytes, and each is looked at twice.</summary>
internal sealed class SpilledRequests : IReadOnlyList<GenerationRequest>, IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle(
        Path.Combine(Path.GetTempPath(), $"muse-batch-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);

    private readonly List<long> _ends = [];

    /// <inheritdoc/>
    public int Count => _ends.Count;

    /// <inheritdoc/>
    public GenerationRequest this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : _ends[index - 1];
            var bytes = new byte[_ends[index] - start];
            for (var read = 0; read < bytes.Length;)
                read += RandomAccess.Read(_file, bytes.AsSpan(read), start + read) is > 0 and var some ? some : throw new EndOfStreamException("A batch's requests were cut off on their way to the ledger.");
            return JsonSerializer.Deserialize<GenerationRequest>(bytes, RequestJson.Options)!;
        }
    }

    /// <summary>Adds a request.</summary>
    /// <param name="request">The request.</param>
    public void Add(GenerationRequest request)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(request, RequestJson.Options);
        var start = Count == 0 ? 0 : _ends[^1];
        RandomAccess.Write(_file, bytes, start);
        _ends.Add(start + bytes.Length);
    }

    /// <inheritdoc/>
    public IEnumerator<GenerationRequest> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
