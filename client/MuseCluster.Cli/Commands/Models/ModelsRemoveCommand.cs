using System.CommandLine;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Models.Import;

namespace MuseCluster.Cli.Commands.Models;

/// <summary>Removes a model's folder.</summary>
internal sealed class ModelsRemoveCommand : MuseCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "The model: a name that muse models list shows." };
    private readonly Option<bool> _yes = new("--yes") { Description = "Remove it though its folder holds the weights themselves." };
    private readonly Option<string?> _models = ModelFolder.Flagged();

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public ModelsRemoveCommand(Interruption interruption)
        : base(interruption, "remove", "Remove a model's folder. Weights that it links to stay.", "muse models remove amused", "muse models remove amused-copy --yes")
    {
        Add(_name);
        Add(_yes);
        Add(_models);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var (library, name) = (ModelFolder.Library(parse.GetValue(_models)), parse.GetRequiredValue(_name));
        var folder = library.Find(name) ?? throw new UsageException(
            _name.Name, $"there is no model '{name}' in {string.Join(" or ", library.Folders)}; expected {(library.Models.Count > 0 ? $"one of {string.Join(", ", library.Models.Select(f => Path.GetFileName(f)))}" : "a model's name")}");
        var linked = ModelLibrary.IsLinked(folder);
        if (!linked && !parse.GetValue(_yes))
            throw new UsageException(_yes.Name, $"is missing; {folder} holds the weights themselves, which would be gone; expected --yes to remove them");
        ModelLibrary.Remove(folder);
        if (context.Json)
            context.WriteJson(new JsonObject { ["name"] = name, ["folder"] = folder, ["weightsRemoved"] = !linked });
        else
            context.Output.WriteLine($"{name} is removed{(linked ? "; the weights that it linked to stay where they are" : " with its weights")}");
    }
}
