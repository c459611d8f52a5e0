using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Torch;

namespace MuseCluster.Cli.Commands.Cluster;

/// <summary>Makes a picture of a cluster again from its manifest.</summary>
internal sealed class ReplayCommand : MuseCommand
{
    private readonly Argument<string> _manifest = new("MANIFEST") { Description = "A picture's manifest, as a cluster stores it.", Arity = ArgumentArity.ExactlyOne };
    private readonly Option<string?> _out = Flag.Path("--out", "The file to write. The picture's own name where not given.");
    private readonly Option<string?> _model = Flag.Path("--model", "The model: a folder, or a name under models/. The manifest's where not given.", "MODEL");

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it.</param>
    public ReplayCommand(Interruption interruption)
        : base(
            interruption, "replay", "Make a picture again from its manifest, and check that it is the same, byte for byte.",
            "muse replay pictures/000000.json",
            "muse replay pictures/000000.json --out again.png --json")
    {
        Add(_manifest);
        Add(_out);
        Add(_model);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context)
    {
        var file = parse.GetRequiredValue(_manifest);
        var manifest = Read(file);
        torch.set_num_threads(Environment.ProcessorCount);
        using var model = ModelFolder.Load(parse.GetValue(_model) ?? manifest.Model, _model.Name, torch.CPU);
        if (PictureParameters.Weights(model.Manifest) is var weights && weights != manifest.Weights)
            throw new UsageException(_model.Name, $"{model.Manifest.Name} has the weights {weights}; expected {manifest.Weights}, which made the picture");
        using var pipeline = new TextToImagePipeline(model);
        GeneratedPicture picture;
        using (var display = context.StartProgress())
            picture = pipeline.Generate([manifest.Request], new GenerationProgress(display, pipeline.Factory, [manifest.Request], model.SuperresShape is not null), context.Cancellation)[0];
        var bytes = PictureParameters.Encode(picture.Picture, PictureParameters.Of(manifest.Request, model.Manifest));
        var name = manifest.Picture.Artifact[(manifest.Picture.Artifact.LastIndexOf('/') + 1)..];
        var path = parse.GetValue(_out) ?? name;
        WholeFile.Write(path, bytes);
        var same = Convert.ToHexStringLower(SHA256.HashData(bytes)) == manifest.Picture.Sha256;
        if (context.Json)
            context.WriteJson(new JsonObject { ["file"] = Path.GetFullPath(path), ["same"] = same, ["item"] = manifest.Item.ToString(), ["tokensSame"] = Same(manifest, picture) });
        else if (same)
            context.Output.WriteLine($"{path}  the same bytes as item {manifest.Item}");
        if (!same)
            throw new InvalidOperationException($"{path} is not what the manifest says: {(Same(manifest, picture) ? "the tokens are the same, the pixels differ" : "the tokens differ")}; another version of the tensor library, or another device, rounds otherwise");
    }

    private static bool Same(PictureManifest manifest, GeneratedPicture picture) =>
        manifest.BaseGrid.Codes.AsSpan().SequenceEqual(picture.BaseGrid) && (manifest.SuperresGrid?.Codes ?? []).AsSpan().SequenceEqual(picture.SuperresGrid);

    private PictureManifest Read(string file)
    {
        if (!File.Exists(file))
            throw new UsageException(_manifest.Name, $"'{file}' {(Directory.Exists(file) ? "is a folder" : "is not there")}; expected a picture's manifest");
        try
        {
            return PictureManifest.Parse(FolderArtifacts.Content(File.ReadAllBytes(file)));
        }
        catch (FormatException e)
        {
            throw new FormatException($"{file}: {e.Message}", e);
        }
    }
}
