using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Prompts;

namespace MuseCluster.Cluster.Grains;

/// <summary>Masked decoding of the base grid, or of the super-resolution grid: items join and leave the decoder between any two steps.</summary>
internal sealed class DecodingWork : IStageWork
{
    private readonly MuseModel _model;
    private readonly PictureFactory _factory;
    private readonly MaskedDecoder _decoder;
    private readonly EncodedTexts _texts;

    /// <summary>Prepares the work; finds out how rows have to be aligned on this machine.</summary>
    /// <param name="stage">Base or superres.</param>
    /// <param name="model">The model; owned by the caller.</param>
    /// <param name="artifacts">Where large embeddings are.</param>
    public DecodingWork(Stage stage, MuseModel model, IArtifactStore artifacts)
    {
        IMaskedTransformer network = stage switch
        {
            Stage.Base => model.Base,
            Stage.Superres => model.Superres ?? throw new ArgumentException($"The model {model.Manifest.Name} has no super-resolution stage.", nameof(stage)),
            _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "expected base or superres"),
        };
        Stage = stage;
        _model = model;
        _factory = new PictureFactory(model);
        _texts = new EncodedTexts(artifacts, PictureParameters.Weights(model.Manifest));
        _decoder = new MaskedDecoder(network, model.Device, MaskedDecoderOptions.For(network, model.Device));
    }

    /// <inheritdoc/>
    public Stage Stage { get; }

    /// <inheritdoc/>
    public async ValueTask<StageMessage> PrepareAsync(StageMessage message, CancellationToken cancellation) => message with
    {
        Prompt = await _texts.FetchAsync(message.Prompt, cancellation).ConfigureAwait(false),
        Negative = await _texts.FetchAsync(message.Negative, cancellation).ConfigureAwait(false),
    };

    /// <inheritdoc/>
    public IStageTask Start(StageMessage message)
    {
        var request = message.Item.Request;
        using var prompt = Text(message.Prompt);
        using var negative = (Stage == Stage.Base ? request.BaseDecoding() : request.SuperresDecoding()).Guided ? Text(message.Negative) : null;
        return new Decoding(message, Stage == Stage.Base
            ? _factory.StartBase(request, prompt, negative ?? prompt, message.Partial)
            : _factory.StartSuperres(request, Low(message), prompt, negative ?? prompt, message.Partial));
    }

    /// <inheritdoc/>
    public void Step(IReadOnlyList<IStageTask> tasks)
    {
        var pictures = tasks.Cast<Decoding>().Select(t => t.Picture).ToHashSet();
        foreach (var picture in _decoder.Pictures.Where(p => !pictures.Contains(p)).ToList())
            _decoder.Remove(picture);
        foreach (var task in tasks.Cast<Decoding>().Where(t => !_decoder.Pictures.Contains(t.Picture)))
            _decoder.Add(task.Picture);
        _decoder.Step();
    }

    /// <inheritdoc/>
    public ValueTask<StageResult> CompleteAsync(IStageTask task, IReadOnlyList<StageTiming> timings, CancellationToken cancellation)
    {
        var message = task.Message with { Timings = timings, Partial = null };
        var grid = ((Decoding)task).Picture.Grid.ToArray();
        var next = Stage == Stage.Base && _model.SuperresShape is not null ? Stage.Superres : Stage.Pixels;
        message = Stage == Stage.Base ? message with { BaseGrid = grid } : message with { SuperresGrid = grid };
        return new(StageResult.To(next, next == Stage.Pixels ? message with { Prompt = null, Negative = null } : message));
    }

    /// <inheritdoc/>
    public void Dispose() => _decoder.Dispose();

    private PromptEmbedding Text(EncodedText? text) =>
        EncodedTexts.Decode(text, _model.PromptShape, _model.Device);

    private ushort[] Low(StageMessage message)
    {
        var shape = _model.BaseShape;
        if (message.BaseGrid is not { } low || low.Length != shape.Tokens || Array.Exists(low, code => code >= shape.CodebookSize))
            throw new ArgumentException($"The item came without a base grid of {shape.Tokens} codes below {shape.CodebookSize}.", nameof(message));
        return low;
    }

    private sealed class Decoding(StageMessage message, MaskedPicture picture) : IStageTask
    {
        public MaskedPicture Picture => picture;

        public StageMessage Message => picture.Step == 0 ? message : message with { Partial = PartialPicture.Of(picture) };

        public int Step => picture.Step;

        public int Steps => picture.Options.Steps;

        public ushort[] Grid => picture.Grid.ToArray();

        public void Dispose() => picture.Dispose();
    }
}
