using System.CommandLine;
using MuseCluster.Cli.Terminal;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Import;

namespace MuseCluster.Cli.Commands.Models;

/// <summary>Writes a model anew in this project's own layout.</summary>
internal sealed class ConvertCommand : MuseCommand
{
    private static readonly Dictionary<string, TensorDType> Types = new() { ["bf16"] = TensorDType.BF16, ["fp16"] = TensorDType.F16, ["fp32"] = TensorDType.F32 };
    private readonly Argument<string> _model = new("MODEL") { Description = "The model: a name that muse models list shows, or a folder." };
    private readonly Option<string?> _out = Flag.Path("--out", "The folder to write, which is not there yet; the new model has its name.", "FOLDER");
    private readonly Option<string?> _dtype = Flag.Choice("--dtype", "What the weights are written as; where not given, as they are.", [.. Types.Keys]);
    private readonly Option<string?> _models = ModelFolder.Flagged();

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public ConvertCommand(Interruption interruption)
        : base(
            interruption, "convert", "Write a model as one folder without links: a file for each stage, in one type.",
            "muse convert amused --out models/amused-bf16 --dtype bf16", "muse convert shapes --out /srv/models/shapes-fp32 --dtype fp32")
    {
        Add(_model);
        _out.Required = true;
        foreach (var option in new Option[] { _out, _dtype, _models })
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var source = ModelManifest.Load(ModelFolder.Find(parse.GetRequiredValue(_model), _model.Name, parse.GetValue(_models)));
        var target = parse.GetRequiredValue(_out)!;
        if (Path.Exists(target))
            throw new UsageException(_out.Name, $"'{target}' is there already, and nothing is overwritten; expected a folder that is not there yet");
        TensorDType? dtype = parse.GetValue(_dtype) is { } name ? Types[name] : null;
        using (var display = context.StartProgress())
            ModelConverter.WriteAsync(source, target, dtype, new FileWork(display, TimeProvider.System), context.Cancellation).GetAwaiter().GetResult();
        var written = ModelDescription.Of(target);
        if (context.Json)
            context.WriteJson(written.Json());
        else
            context.Output.WriteLine($"{written.Name}: {Sizes.Of(written.Bytes)} in {target}; {source.Name} has {Sizes.Of(ModelLibrary.SizeOnDisk(source))}");
    }
}
