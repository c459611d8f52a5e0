using System.CommandLine;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;

namespace MuseCluster.Cli.Commands.Models;

/// <summary>Lists the models that are there.</summary>
internal sealed class ModelsListCommand : MuseCommand
{
    private readonly Option<string?> _models = ModelFolder.Flagged();

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public ModelsListCommand(Interruption interruption)
        : base(interruption, "list", "List the models that are there.", "muse models list", "muse models list --models /srv/models --json") => Add(_models);

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var library = ModelFolder.Library(parse.GetValue(_models));
        var rows = library.Models.Select(f => (Name: Path.GetFileName(f), Model: Try(f, out var problem), Problem: problem)).ToList();
        if (context.Json)
            context.WriteJson(new JsonArray([.. rows.Select(r => r.Model?.Json() ?? new JsonObject { ["name"] = r.Name, ["problem"] = r.Problem })]));
        else if (rows.Count == 0)
            context.Output.WriteLine($"no models in {string.Join(" or ", library.Folders)}; add one with: muse models add FOLDER");
        else
        {
            ResultTable.Write(context, ["model", "family", "size>", "where", "pictures", "licence", ""], rows.Select(r => (string[])(r.Model is { } model
                ? [r.Name, model.Family, Sizes.Of(model.Bytes), model.Place, model.Pictures, model.Manifest.Licence, r.Name == ModelFolder.Default ? "default" : ""]
                : [r.Name, "damaged", "", "", "", "", ""])));
            foreach (var (name, _, problem) in rows.Where(r => r.Problem is not null))
                context.Error.WriteLine($"muse models list: {name} is damaged: {PlainText.OneLine(problem!)}");
        }
    }

    // A model that cannot be read is listed all the same, so that it can be removed.
    private static ModelDescription? Try(string folder, out string? problem)
    {
        try
        {
            problem = null;
            return ModelDescription.Of(folder);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
            return null;
        }
    }
}
