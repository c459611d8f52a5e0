using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cli.Commands;

/// <summary>Prints the parameters that a picture was made with, from the text chunk of its file.</summary>
internal sealed class ShowCommand : MuseCommand
{
    private const long MaxFileBytes = 1 << 28;

    private readonly Argument<string> _file = new("FILE") { Description = "A PNG file that muse made.", Arity = ArgumentArity.ExactlyOne };

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public ShowCommand(Interruption interruption)
        : base(interruption, "show", "Print the parameters that a picture was made with.", "muse show out.png", "muse show out.png --json") => Add(_file);

    /// <summary>Reads the parameters from a picture's file.</summary>
    /// <param name="file">The path.</param>
    /// <param name="name">The flag or argument that gave the path, for messages.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FormatException">It is no PNG, or carries no parameters.</exception>
    public static JsonObject Read(string file, string name)
    {
        var image = Decode(file, name);
        var text = image.Texts.FirstOrDefault(t => t.Keyword == PictureParameters.Keyword)
            ?? throw new FormatException($"{file}: no parameters: the file has no text chunk '{PictureParameters.Keyword}', so muse did not make it, or another program saved it since");
        try
        {
            return JsonNode.Parse(text.Text) as JsonObject ?? throw new FormatException($"{file}: the text chunk '{PictureParameters.Keyword}' is no JSON object");
        }
        catch (JsonException e)
        {
            throw new FormatException($"{file}: the text chunk '{PictureParameters.Keyword}' is no JSON: {e.Message}", e);
        }
    }

    /// <summary>Reads a picture's file.</summary>
    /// <param name="file">The path.</param>
    /// <param name="name">The flag or argument that gave the path, for messages.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FormatException">It is no PNG.</exception>
    public static PngImage Decode(string file, string name)
    {
        if (!File.Exists(file))
            throw new UsageException(name, $"'{file}' {(Directory.Exists(file) ? "is a folder" : "is not there")}; expected a PNG file");
        using var stream = File.OpenRead(file);
        if (stream.Length > MaxFileBytes)
            throw new UsageException(name, $"'{file}' has {stream.Length} bytes; expected a PNG file of at most {MaxFileBytes >> 20} MiB");

        // As many bytes as the file has: a device, which could give bytes for ever, has none.
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        try
        {
            return Png.Decode(bytes);
        }
        catch (PngException e)
        {
            throw new FormatException($"{file}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var parameters = Read(parse.GetRequiredValue(_file), _file.Name);
        if (context.Json)
            context.WriteJson(parameters);
        else
            ResultTable.Write(context, ["parameter", "value"], parameters.Select(p => (string[])[p.Key, Text(p.Value)]));
    }

    private static string Text(JsonNode? value) =>
        value is JsonValue text && text.TryGetValue<string>(out var words) ? words : value?.ToJsonString() ?? "";
}
