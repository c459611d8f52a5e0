using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;

namespace MuseCluster.Cluster.Grains;

/// <summary>Text encoding. Equal texts are encoded once, as long as they are remembered.</summary>
internal sealed class TextWork : IStageWork
{
    private const int Remembered = 1024;
    private readonly PictureFactory _factory;
    private readonly EncodedTexts _texts;
    private readonly Dictionary<string, LinkedListNode<(string Text, EncodedText Encoded)>> _known = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Text, EncodedText Encoded)> _recent = new();

    /// <summary>Prepares the work.</summary>
    /// <param name="model">The model; owned by the caller.</param>
    /// <param name="artifacts">Where large embeddings go.</param>
    public TextWork(MuseModel model, IArtifactStore artifacts)
    {
        _factory = new PictureFactory(model);
        _texts = new EncodedTexts(artifacts, PictureParameters.Weights(model.Manifest));
    }

    /// <inheritdoc/>
    public Stage Stage => Stage.Text;

    /// <inheritdoc/>
    public ValueTask<StageMessage> PrepareAsync(StageMessage message, CancellationToken cancellation) => new(message);

    /// <inheritdoc/>
    public IStageTask Start(StageMessage message)
    {
        foreach (var (field, problem) in message.Item.Request.Problems())
            throw new ArgumentException($"{field} {problem}");
        return new Encoding(message);
    }

    /// <inheritdoc/>
    public void Step(IReadOnlyList<IStageTask> tasks)
    {
        foreach (var task in tasks.Cast<Encoding>())
        {
            var request = task.Message.Item.Request;
            var guided = request.BaseDecoding().Guided || request.SuperresDecoding().Guided;
            task.Finish(task.Message with { Prompt = Encode(request.Prompt), Negative = guided ? Encode(request.Negative) : null });
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StageResult> CompleteAsync(IStageTask task, IReadOnlyList<StageTiming> timings, CancellationToken cancellation)
    {
        var (message, request) = (task.Message, task.Message.Item.Request);
        return StageResult.To(Stage.Base, message with
        {
            Prompt = await _texts.StoreAsync(message.Prompt!, message.Item.Tenant, request.Prompt, cancellation).ConfigureAwait(false),
            Negative = message.Negative is { } negative
                ? await _texts.StoreAsync(negative, message.Item.Tenant, request.Negative, cancellation).ConfigureAwait(false)
                : null,
            Timings = timings,
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private EncodedText Encode(string text)
    {
        if (_known.TryGetValue(text, out var node))
        {
            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Encoded;
        }
        using var embedding = _factory.Encode(text);
        var encoded = EncodedTexts.Encode(embedding);
        _known[text] = _recent.AddFirst((text, encoded));
        if (_recent.Count > Remembered)
        {
            _known.Remove(_recent.Last!.Value.Text);
            _recent.RemoveLast();
        }
        return encoded;
    }

    private sealed class Encoding(StageMessage message) : IStageTask
    {
        public StageMessage Message { get; private set; } = message;

        public int Step { get; private set; }

        public int Steps => 1;

        public ushort[]? Grid => null;

        public void Finish(StageMessage message) => (Message, Step) = (message, 1);

        public void Dispose()
        {
        }
    }
}
