using System.Text.Json;
using System.Text.Json.Nodes;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Import;

namespace MuseCluster.Cli.Commands.Models;

/// <summary>What lists say of a model.</summary>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="Bytes">Bytes of its files.</param>
/// <param name="Linked">Whether they are linked to.</param>
/// <param name="Width">Width of its pictures.</param>
/// <param name="Height">Height of its pictures.</param>
internal sealed record ModelDescription(ModelManifest Manifest, long Bytes, bool Linked, int Width, int Height)
{
    /// <summary>What commands call it: its folder's name.</summary>
    public string Name => Path.GetFileName(Manifest.Folder!);

    /// <summary>Whose rules its decoding follows.</summary>
    public string Family => Manifest.Defaults.Rule;

    /// <summary>The size of its pictures.</summary>
    public string Pictures => $"{Width}x{Height}";

    /// <summary>Where its files are.</summary>
    public string Place => Linked ? "linked" : "in its folder";

    /// <summary>Describes a model.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static ModelDescription Of(string folder)
    {
        var manifest = ModelManifest.Load(folder);
        var (width, height) = ModelLibrary.PictureSize(folder);
        return new ModelDescription(manifest, ModelLibrary.SizeOnDisk(manifest), ModelLibrary.IsLinked(folder), width, height);
    }

    /// <summary>It for a program.</summary>
    public JsonObject Json() => new()
    {
        ["name"] = Name,
        ["family"] = Family,
        ["description"] = Manifest.Description,
        ["licence"] = Manifest.Licence,
        ["folder"] = Manifest.Folder,
        ["bytes"] = Bytes,
        ["linked"] = Linked,
        ["width"] = Width,
        ["height"] = Height,
        ["default"] = Name == ModelFolder.Default,
    };

    /// <summary>Its defaults for a program.</summary>
    public JsonObject Defaults() => JsonSerializer.SerializeToNode(Manifest.Defaults, RequestJson.Options)!.AsObject();
}
