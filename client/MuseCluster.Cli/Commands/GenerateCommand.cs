using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;
using MuseCluster.Torch;

namespace MuseCluster.Cli.Commands;

/// <summary>Makes pictures of a prompt.</summary>
internal sealed class GenerateCommand : MuseCommand
{
    private readonly Argument<string?> _prompt = new("PROMPT") { Description = "What to show.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _negative = Flag.Parsed<string?>("--negative", "TEXT", "What to steer away from.", "a text", text => text);
    private readonly Option<ulong?> _seed = Flag.Number("--seed", "The seed: one seed, one picture. Drawn at random where not given.", 0UL, ulong.MaxValue);
    private readonly Option<int?> _count = Flag.Number("--count", "How many pictures.", 1, 10_000);
    private readonly Option<string?> _out = Flag.Path("--out", "The file to write; with --count above 1, NAME-1.png and so on. out.png where not given.");
    private readonly Option<string?> _model = Flag.Path("--model", "The model: a folder, or a name under models/.", "MODEL");
    private readonly Option<string?> _like = Flag.Path("--like", "A picture that muse made: its parameters are taken, and other flags change them.");
    private readonly Option<int?> _threads = Flag.Number("--threads", "Threads of the tensor library; one per core where not given.", 1, 1024);
    private readonly GenerationFlags _generation = new();

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it, between two decoding steps.</param>
    public GenerateCommand(Interruption interruption)
        : base(
            interruption, "generate", "Make pictures of a prompt.",
            "muse generate \"a red circle above a blue square\" --seed 7 --out out.png",
            "muse generate \"three small green triangles on a black background\" --count 4 --out triangles.png",
            "muse generate --like out.png --seed 8 --out other.png")
    {
        Add(_prompt);
        foreach (var option in new Option[] { _negative, _seed, _count, _out, _model, _like }.Concat(_generation.All).Append(_threads))
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var like = parse.GetValue(_like);
        var parameters = like is null ? null : ShowCommand.Read(like, _like.Name);
        var prompt = parse.GetValue(_prompt);
        if (prompt is null && parameters is null)
            throw new UsageException(_prompt.Name, "is missing; expected what to show, such as \"a red circle above a blue square\", or --like FILE");
        var files = Files(parse.GetValue(_out) ?? "out.png", parse.GetValue(_count) ?? 1);

        // libtorch takes one thread per processor it sees at its first call; a container may have fewer.
        torch.set_num_threads(parse.GetValue(_threads) ?? Environment.ProcessorCount);
        using var model = ModelFolder.Load(parse.GetValue(_model) ?? Text(parameters, "model") ?? ModelFolder.Default, _model.Name, torch.CPU);
        WarnOfOtherWeights(parameters, model, context);
        var first = parameters is null
            ? GenerationRequest.From(prompt!, parse.GetValue(_seed) ?? (ulong)Random.Shared.NextInt64(1L << 32), model.Manifest.Defaults)
            : PictureParameters.Request(parameters, like!);
        first = _generation.Apply(parse, first with
        {
            Prompt = prompt ?? first.Prompt,
            Negative = parse.GetValue(_negative) ?? first.Negative,
            Seed = parse.GetValue(_seed) ?? first.Seed,
        });
        foreach (var (field, problem) in first.Problems())
            throw new UsageException(field == nameof(GenerationRequest.Prompt) ? _prompt.Name : _negative.Name, problem);

        var requests = files.Select((_, i) => first with { Picture = first.Picture + (uint)i }).ToList();
        var started = TimeProvider.System.GetTimestamp();
        using var pipeline = new TextToImagePipeline(model);
        IReadOnlyList<GeneratedPicture> pictures;
        using (var display = context.StartProgress())
            pictures = pipeline.Generate(requests, new GenerationProgress(display, pipeline.Factory, requests), context.Cancellation);
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        Write(context, model, files, pictures, elapsed);
    }

    private static void Write(CommandContext context, MuseModel model, IReadOnlyList<string> files, IReadOnlyList<GeneratedPicture> pictures, TimeSpan elapsed)
    {
        var written = new JsonArray();
        for (var i = 0; i < files.Count; i++)
        {
            var parameters = PictureParameters.Of(pictures[i].Request, model.Manifest);
            WholeFile.Write(files[i], PictureParameters.Encode(pictures[i].Picture, parameters));
            if (!context.Json)
                context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{files[i]}  {pictures[i].Picture.Width}x{pictures[i].Picture.Height}  seed {pictures[i].Request.Seed}"));
            parameters["file"] = Path.GetFullPath(files[i]);
            written.Add(parameters);
        }
        if (context.Json)
        {
            context.WriteJson(new JsonObject { ["pictures"] = written, ["seconds"] = Math.Round(elapsed.TotalSeconds, 3) });
            return;
        }
        TerminalPreview.Write(context, pictures[0].Picture);
    }

    private static void WarnOfOtherWeights(JsonObject? parameters, MuseModel model, CommandContext context)
    {
        if (Text(parameters, "weights") is { } weights && weights != PictureParameters.Weights(model.Manifest))
            context.Error.WriteLine($"muse generate: the picture was made with other weights than {model.Manifest.Name} has here; it will not be the same");
    }

    private List<string> Files(string path, int count)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new UsageException(_out.Name, $"the folder '{folder}' is not there; expected a file in a folder that is");
        if (Directory.Exists(path))
            throw new UsageException(_out.Name, $"'{path}' is a folder; expected a file such as out.png");
        if (count == 1)
            return [path];
        var stem = Path.Combine(Path.GetDirectoryName(path) ?? "", Path.GetFileNameWithoutExtension(path));
        var extension = Path.HasExtension(path) ? Path.GetExtension(path) : ".png";
        return [.. Enumerable.Range(1, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{stem}-{i}{extension}"))];
    }

    private static string? Text(JsonObject? parameters, string name) =>
        parameters?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
