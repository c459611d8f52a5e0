using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;

namespace MuseCluster.Cluster.Grains;

/// <summary>The last grid to pixels, and picture and manifest into the artifact store.</summary>
/// <param name="model">The model; owned by the caller.</param>
/// <param name="artifacts">Where pictures and manifests go.</param>
/// <param name="time">Says when.</param>
internal sealed class PixelsWork(MuseModel model, IArtifactStore artifacts, TimeProvider time) : IStageWork
{
    private readonly PictureFactory _factory = new(model);
    private readonly ResultStore _results = new(artifacts, model.Manifest, time);

    /// <inheritdoc/>
    public Stage Stage => Stage.Pixels;

    /// <inheritdoc/>
    public ValueTask<StageMessage> PrepareAsync(StageMessage message, CancellationToken cancellation) => new(message);

    /// <inheritdoc/>
    public IStageTask Start(StageMessage message)
    {
        var shape = model.LastGrid(message.Item.Request);
        var grid = model.SuperresShape is null ? message.BaseGrid : message.SuperresGrid;
        if (grid is null || grid.Length != shape.Tokens || Array.Exists(grid, code => code >= shape.CodebookSize))
            throw new ArgumentException($"The item came without a last grid of {shape.Height} x {shape.Width} codes below {shape.CodebookSize}.", nameof(message));
        return new Drawing(message, grid);
    }

    /// <inheritdoc/>
    public void Step(IReadOnlyList<IStageTask> tasks)
    {
        var pictures = _factory.Decode([.. tasks.Select(t => t.Message.Item.Request)], [.. tasks.Select(t => t.Grid!)]);
        foreach (var (task, picture) in tasks.Cast<Drawing>().Zip(pictures))
            task.Picture = picture;
    }

    /// <inheritdoc/>
    public async ValueTask<StageResult> CompleteAsync(IStageTask task, IReadOnlyList<StageTiming> timings, CancellationToken cancellation) =>
        StageResult.End(await _results.WriteAsync(task.Message with { Timings = timings }, ((Drawing)task).Picture!, cancellation).ConfigureAwait(false));

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Drawing(StageMessage message, ushort[] grid) : IStageTask
    {
        public Picture? Picture { get; set; }

        public StageMessage Message => message;

        public int Step => Picture is null ? 0 : 1;

        public int Steps => 1;

        public ushort[]? Grid => grid;

        public void Dispose()
        {
        }
    }
}
