using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Commands.Server;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;
using MuseCluster.Torch;

namespace MuseCluster.Cli.Commands;

/// <summary>Makes pictures of a prompt, here or at a server.</summary>
internal sealed class GenerateCommand : MuseCommand
{
    private readonly Argument<string?> _prompt = new("PROMPT") { Description = "What to show.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _negative = Flag.Parsed<string?>("--negative", "TEXT", "What to steer away from.", "a text", text => text);
    private readonly Option<ulong?> _seed = Flag.Number("--seed", "The seed: one seed, one picture. Drawn at random where not given.", 0UL, ulong.MaxValue);
    private readonly Option<int?> _count = Flag.Number("--count", "How many pictures.", 1, 10_000);
    private readonly Option<string?> _out = Flag.Path("--out", "The file to write; with --count above 1, NAME-1.png and so on. out.png where not given.");
    private readonly Option<string?> _model = Flag.Path("--model", "The model: a folder, or a name that muse models list shows.", "MODEL");
    private readonly Option<string?> _models = ModelFolder.Flagged();
    private readonly Option<string?> _like = Flag.Path("--like", "A picture that muse made: its parameters are taken, and other flags change them.");
    private readonly Option<int?> _threads = Flag.Number("--threads", "Threads of the tensor library; one per core where not given.", 1, 1024);
    private readonly GenerationFlags _generation = new();
    private readonly PictureFlags _picture = new();
    private readonly ServerFlags _server = new("Pictures are made here where neither is given.");

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it, between two decoding steps.</param>
    public GenerateCommand(Interruption interruption)
        : base(
            interruption, "generate", "Make pictures of a prompt.",
            "muse generate \"a red circle above a blue square\" --seed 7 --out out.png",
            "muse generate \"three small green triangles on a black background\" --count 4 --out triangles.png",
            "muse generate --like out.png --seed 8 --out other.png",
            "muse generate \"the same in winter\" --model amused --image house.png --strength 0.6",
            "muse generate \"a white ring\" --server http://127.0.0.1:8080")
    {
        Add(_prompt);
        foreach (var option in new Option[] { _negative, _seed, _count, _out, _model, _models, _like }.Concat(_generation.All).Concat(_picture.All).Append(_threads).Concat(_server.All))
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var like = parse.GetValue(_like);
        var parameters = like is null ? null : ShowCommand.Read(like, _like.Name);
        if (parse.GetValue(_prompt) is null && parameters is null)
            throw new UsageException(_prompt.Name, "is missing; expected what to show, such as \"a red circle above a blue square\", or --like FILE");
        var files = PictureFiles.Names(parse.GetValue(_out) ?? "out.png", parse.GetValue(_count) ?? 1, _out.Name);
        var liked = parameters is null ? null : PictureParameters.Request(parameters, like!);
        if (_server.Given(parse) is not null)
            ExecuteAtServer(parse, context, Text(parameters, "model"), liked, files);
        else
            ExecuteHere(parse, context, parameters, liked, files);
    }

    private void ExecuteAtServer(ParseResult parse, CommandContext context, string? model, GenerationRequest? liked, IReadOnlyList<string> files)
    {
        if (parse.GetValue(_threads) is not null)
            throw new UsageException(_threads.Name, "does not go with a server, which has its own; expected only for pictures that are made here");
        if (parse.GetValue(_models) is not null)
            throw new UsageException(_models.Name, "does not go with a server, which has its own; expected only for pictures that are made here");
        _picture.RefuseAtServer(parse, liked, _like.Name);
        var first = liked is null ? new JobPictures { Prompt = parse.GetValue(_prompt)! } : RemoteGeneration.Like(liked);
        first = _generation.Apply(parse, first with
        {
            Prompt = parse.GetValue(_prompt) ?? first.Prompt,
            NegativePrompt = parse.GetValue(_negative) ?? first.NegativePrompt,
            Seed = parse.GetValue(_seed) ?? first.Seed,
            N = files.Count,
        });
        var job = new JobRequest([first]) { Model = parse.GetValue(_model) ?? model, Class = "interactive" };
        _server.Run(parse, context, client => new RemoteGeneration(client, context).RunAsync(job, files));
    }

    private void ExecuteHere(ParseResult parse, CommandContext context, JsonObject? parameters, GenerationRequest? liked, IReadOnlyList<string> files)
    {
        // libtorch takes one thread per processor it sees at its first call; a container may have fewer.
        torch.set_num_threads(parse.GetValue(_threads) ?? Environment.ProcessorCount);
        using var model = ModelFolder.Load(parse.GetValue(_model) ?? Text(parameters, "model") ?? ModelFolder.Default, _model.Name, torch.CPU, parse.GetValue(_models));
        WarnOfOtherWeights(parameters, model, context);
        var first = liked ?? GenerationRequest.From(parse.GetValue(_prompt)!, (ulong)Random.Shared.NextInt64(1L << 32), model.Manifest.Defaults);
        first = _generation.Apply(parse, first with
        {
            Prompt = parse.GetValue(_prompt) ?? first.Prompt,
            Negative = parse.GetValue(_negative) ?? first.Negative,
            Seed = parse.GetValue(_seed) ?? first.Seed,
        });
        using var pipeline = new TextToImagePipeline(model);
        first = _picture.Apply(parse, first, model, pipeline.Factory);
        foreach (var (field, problem) in first.Problems())
            throw new UsageException(field == nameof(GenerationRequest.Prompt) ? _prompt.Name : "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(field), problem);

        var requests = files.Select((_, i) => first with { Picture = first.Picture + (uint)i }).ToList();
        var started = TimeProvider.System.GetTimestamp();
        IReadOnlyList<GeneratedPicture> pictures;
        using (var display = context.StartProgress())
            pictures = pipeline.Generate(requests, new GenerationProgress(display, pipeline.Factory, requests, model.SuperresShape is not null), context.Cancellation);
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        PictureFiles.Write(context, [.. files.Zip(pictures, (file, made) => (file, Made(made, model)))], elapsed);
    }

    private static MadePicture Made(GeneratedPicture made, MuseModel model)
    {
        var parameters = PictureParameters.Of(made.Request, model.Manifest);
        return new MadePicture(PictureParameters.Encode(made.Picture, parameters), made.Picture, parameters);
    }

    private static void WarnOfOtherWeights(JsonObject? parameters, MuseModel model, CommandContext context)
    {
        if (Text(parameters, "weights") is { } weights && weights != PictureParameters.Weights(model.Manifest))
            context.Error.WriteLine($"muse generate: the picture was made with other weights than {model.Manifest.Name} has here; it will not be the same");
    }

    private static string? Text(JsonObject? parameters, string name) =>
        parameters?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
