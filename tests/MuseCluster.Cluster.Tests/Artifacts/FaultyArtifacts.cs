using MuseCluster.Cluster.Artifacts;

namespace MuseCluster.Cluster.Tests.Artifacts;

/// <summary>A store that fails before or after a call takes effect, as a process that dies there.</summary>
internal sealed class FaultyArtifacts(IArtifactStore inner) : IArtifactStore
{
    private int _calls;

    /// <summary>Which of the calls fails, from 1; 0 for none.</summary>
    public int FailAt { get; init; }

    /// <summary>Makes what every call on some artifacts ends with; null for those that succeed.</summary>
    public Func<ArtifactName, Exception?> Refuses { get; init; } = _ => null;

    /// <summary>Whether the failing call takes effect before.</summary>
    public bool After { get; init; }

    /// <summary>Calls so far, as text.</summary>
    public List<string> Log { get; } = [];

    public Task PrepareAsync(CancellationToken cancellation = default) => inner.PrepareAsync(cancellation);

    public Task<bool> WriteAsync(ArtifactName name, Stream content, string contentType, CancellationToken cancellation = default) =>
        Refuses(name) is { } refusal ? Task.FromException<bool>(refusal) : CallAsync($"write {name}", () => inner.WriteAsync(name, content, contentType, cancellation));

    public Task<Artifact?> OpenAsync(ArtifactName name, CancellationToken cancellation = default) =>
        CallAsync($"open {name}", () => inner.OpenAsync(name, cancellation));

    public Task<bool> ExistsAsync(ArtifactName name, CancellationToken cancellation = default) =>
        CallAsync($"exists {name}", () => inner.ExistsAsync(name, cancellation));

    public IAsyncEnumerable<ArtifactName> ListAsync(string tenant, string prefix = "", CancellationToken cancellation = default) =>
        inner.ListAsync(tenant, prefix, cancellation);

    public Task DeleteAsync(ArtifactName name, CancellationToken cancellation = default) => inner.DeleteAsync(name, cancellation);

    private async Task<T> CallAsync<T>(string what, Func<Task<T>> call)
    {
        Log.Add(what);
        var fails = ++_calls == FailAt;
        if (fails && !After)
            throw new ArtifactException($"before {what}");
        var result = await call();
        return fails ? throw new ArtifactException($"after {what}") : result;
    }
}
