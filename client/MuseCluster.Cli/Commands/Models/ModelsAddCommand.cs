using System.CommandLine;
using MuseCluster.Cli.Terminal;
using MuseCluster.Generation.Decoding;
using MuseCluster.Models.Import;

namespace MuseCluster.Cli.Commands.Models;

/// <summary>Makes a model of what the families publish.</summary>
internal sealed class ModelsAddCommand : MuseCommand
{
    private readonly Argument<string[]> _folders = new("FOLDER") { Description = "Folders with the files of a model: a whole pipeline, or its parts.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _name = Flag.Parsed<string?>(
        "--name", "NAME", "What the model is called; where not given, as the first folder.", $"letters, digits, '-', '_' and '.', at most {ModelName.Longest}, not starting with '.'",
        text => ModelName.IsValid(text) ? text : null);
    private readonly Option<string?> _licence = Flag.Parsed<string?>("--licence", "NAME", "The weights' licence; where not given, what the first folder says.", "a text", text => text.Trim().Length > 0 ? text.Trim() : null);
    private readonly Option<bool> _copy = new("--copy") { Description = "Copy the files that are needed; where not given, the model links to the folders." };
    private readonly Option<string?> _models = ModelFolder.Flagged();

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public ModelsAddCommand(Interruption interruption)
        : base(
            interruption, "add", "Make a model of published weights: recognise the files, check every tensor, hash.",
            "muse models add ~/weights/amused-256 --name amused",
            "muse models add transformer vqgan clip --name open-muse --licence MIT",
            "muse models add ~/weights/amused-512 --copy --models /srv/models")
    {
        Add(_folders);
        foreach (var option in new Option[] { _name, _licence, _copy, _models })
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var folders = parse.GetRequiredValue(_folders);
        if (folders.FirstOrDefault(f => !Directory.Exists(f)) is { } missing)
            throw new UsageException(_folders.Name, $"'{missing}' {(File.Exists(missing) ? "is a file" : "is not there")}; expected a folder with the files of a model");
        var models = ModelFolder.Library(parse.GetValue(_models)).Folders.FirstOrDefault()
            ?? throw new UsageException(_models.Name, $"is missing, and {ModelFolder.Variable} is not set; expected the folder that the model goes to");
        var name = parse.GetValue(_name) ?? ModelName.Of(folders[0]);
        if (Path.Exists(Path.Combine(models, name)))
            throw new UsageException(_name.Name, $"there is a model '{name}' in {models} already; expected another name, or remove it first: muse models remove {name}");
        var options = new ImportOptions
        {
            Models = models,
            Name = name,
            Licence = parse.GetValue(_licence),
            Copy = parse.GetValue(_copy),
            Rules = DecodingRules.Names,
        };
        string folder;
        using (var display = context.StartProgress())
            folder = ModelImporter.AddAsync(folders, options, new FileWork(display, TimeProvider.System), context.Cancellation).GetAwaiter().GetResult().Folder!;
        var description = ModelDescription.Of(folder);
        if (context.Json)
            context.WriteJson(description.Json());
        else
            context.Output.WriteLine($"{description.Name}: {description.Family}, {description.Pictures}, {Sizes.Of(description.Bytes)} {description.Place}, licence {description.Manifest.Licence}; make a picture with: muse generate \"a prompt\" --model {(parse.GetValue(_models) is null ? name : folder)}");
    }
}
