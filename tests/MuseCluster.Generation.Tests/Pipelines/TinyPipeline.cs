using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Generation.Tests.Pipelines;

/// <summary>One tiny model and its pipeline for all tests of a class.</summary>
public sealed class TinyPipeline : IDisposable
{
    public TinyPipeline() => Pipeline = new TextToImagePipeline(Model.Model);

    internal TinyModel Model { get; } = new();

    internal TextToImagePipeline Pipeline { get; }

    public void Dispose()
    {
        Pipeline.Dispose();
        Model.Dispose();
    }
}
