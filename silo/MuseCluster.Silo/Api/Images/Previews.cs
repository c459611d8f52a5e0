using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;

namespace MuseCluster.Silo.Api.Images;

/// <summary>Partial grids as pictures. One is drawn at a time: previews must not take the processor from the pictures.</summary>
/// <param name="models">The models, with what previews need.</param>
internal sealed class Previews(IReadOnlyDictionary<string, MuseModel> models) : IDisposable
{
    private readonly Dictionary<string, PictureFactory> _factories = models.ToDictionary(m => m.Key, m => new PictureFactory(m.Value), StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Draws a grid.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="grid">A base or super-resolution grid, masked tokens included.</param>
    /// <param name="request">What it is of; null where that is not known, as if it had the model's own size.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>A PNG in base64; null where the model cannot show such a grid.</returns>
    public async Task<string?> DrawAsync(string model, ushort[]? grid, GenerationRequest? request, CancellationToken cancellation)
    {
        if (grid is null || !_factories.TryGetValue(model, out var factory))
            return null;
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => factory.Preview(grid, request), cancellation).ConfigureAwait(false) is { } picture ? Convert.ToBase64String(Png.Encode(picture)) : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}
