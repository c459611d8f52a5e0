using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Models;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Import;
using MuseCluster.Models.Memory;
using MuseCluster.Models.Stages;

namespace MuseCluster.Cli.Commands.Models;

/// <summary>Shows what a model is made of.</summary>
internal sealed class ModelsShowCommand : MuseCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "The model: a name that muse models list shows, or a folder." };
    private readonly Option<string?> _models = ModelFolder.Flagged();

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public ModelsShowCommand(Interruption interruption)
        : base(interruption, "show", "Show a model's stages, defaults and the memory that it takes.", "muse models show shapes", "muse models show amused --json")
    {
        Add(_name);
        Add(_models);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var model = ModelDescription.Of(ModelFolder.Find(parse.GetRequiredValue(_name), _name.Name, parse.GetValue(_models)));
        var weights = MuseModel.Inspect(model.Manifest);
        var stages = model.Manifest.Stages.Select(s => (s.Key, s.Value, Weights: weights.Single(w => w.Stage == s.Key))).ToList();
        if (context.Json)
        {
            var json = model.Json();
            json["parameters"] = weights.Sum(w => w.Parameters);
            json["memoryBytes"] = ModelMemory.Needed(weights);
            json["stages"] = new JsonArray([.. stages.Select(s => Json(model.Manifest, s.Key, s.Value, s.Weights))]);
            json["defaults"] = model.Defaults();
            context.WriteJson(json);
            return;
        }
        context.Output.WriteLine($"{model.Name}: {model.Family}, pictures of {model.Pictures}, licence {model.Manifest.Licence}");
        if (model.Manifest.Description.Length > 0)
            context.Output.WriteLine(PlainText.OneLine(model.Manifest.Description));
        context.Output.WriteLine($"{Sizes.Of(model.Bytes)} {model.Place}, {Sizes.Count(weights.Sum(w => w.Parameters))} parameters; takes about {ModelMemory.Gigabytes(ModelMemory.Needed(weights))} of memory to run");
        ResultTable.Write(context, ["stage", "network", "parameters>", "dtype", "size>", "files"], stages.Select(s => (string[])
        [
            s.Key, s.Value.Network, Sizes.Count(s.Weights.Parameters), DTypes(s.Weights), Sizes.Of(Bytes(model.Manifest, s.Value)), string.Join(' ', s.Value.Weights.Concat(s.Value.Tokenizer?.Files ?? [])),
        ]));
        ResultTable.Write(context, ["default", "value"], model.Defaults().Where(d => model.Manifest.Superres is not null || !d.Key.StartsWith("sr", StringComparison.Ordinal)).Select(d => (string[])[d.Key, string.Create(CultureInfo.InvariantCulture, $"{d.Value}")]));
    }

    private static JsonObject Json(ModelManifest manifest, string name, StageManifest stage, StageWeights weights) => new()
    {
        ["stage"] = name,
        ["network"] = stage.Network,
        ["parameters"] = weights.Parameters,
        ["dtypes"] = new JsonArray([.. weights.DTypes.Select(d => (JsonNode)d.HeaderName())]),
        ["memoryBytes"] = ModelMemory.Needed([weights]),
        ["bytes"] = Bytes(manifest, stage),
        ["files"] = new JsonArray([.. stage.Weights.Select(f => (JsonNode)f)]),
        ["tokenizer"] = stage.Tokenizer is { } tokenizer ? new JsonArray([.. tokenizer.Files.Select(f => (JsonNode)f)]) : null,
    };

    private static string DTypes(StageWeights weights) => string.Join('+', weights.DTypes.Where(d => d.IsFloating()).Select(d => d.HeaderName()));

    // The files of an index are those that hold its tensors.
    private static long Bytes(ModelManifest manifest, StageManifest stage)
    {
        using var checkpoint = manifest.OpenWeights(stage);
        return checkpoint.Files.Sum(f => ModelLibrary.SizeOf(f.Path));
    }
}
