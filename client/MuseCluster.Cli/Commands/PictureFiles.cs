using System.Globalization;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Generation.Pictures;

namespace MuseCluster.Cli.Commands;

/// <summary>A picture that was made.</summary>
/// <param name="File">Its file.</param>
/// <param name="Picture">What the file shows.</param>
/// <param name="Parameters">What the file says of how it was made.</param>
internal sealed record MadePicture(byte[] File, Picture Picture, JsonObject Parameters);

/// <summary>Where <c>muse generate</c> puts pictures, and what it says of them.</summary>
internal static class PictureFiles
{
    /// <summary>The files of pictures.</summary>
    /// <param name="path">The file, as the user says.</param>
    /// <param name="count">How many pictures.</param>
    /// <param name="flag">The flag that named the file.</param>
    /// <returns>A file for each picture.</returns>
    /// <exception cref="UsageException">There is no place for them.</exception>
    public static List<string> Names(string path, int count, string flag)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new UsageException(flag, $"the folder '{folder}' is not there; expected a file in a folder that is");
        if (Directory.Exists(path))
            throw new UsageException(flag, $"'{path}' is a folder; expected a file such as out.png");
        if (count == 1)
            return [path];
        var stem = Path.Combine(Path.GetDirectoryName(path) ?? "", Path.GetFileNameWithoutExtension(path));
        var extension = Path.HasExtension(path) ? Path.GetExtension(path) : ".png";
        return [.. Enumerable.Range(1, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{stem}-{i}{extension}"))];
    }

    /// <summary>Writes pictures, and prints what was written; the first is shown where the terminal can.</summary>
    /// <param name="context">The command's output.</param>
    /// <param name="pictures">Each with its file's path; at least one.</param>
    /// <param name="elapsed">How long they took.</param>
    public static void Write(CommandContext context, IReadOnlyList<(string Path, MadePicture Made)> pictures, TimeSpan elapsed)
    {
        var written = new JsonArray();
        foreach (var (path, made) in pictures)
        {
            WholeFile.Write(path, made.File);
            if (!context.Json)
                context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}  {made.Picture.Width}x{made.Picture.Height}  seed {made.Parameters["seed"]}"));
            made.Parameters["file"] = Path.GetFullPath(path);
            written.Add(made.Parameters);
        }
        if (context.Json)
            context.WriteJson(new JsonObject { ["pictures"] = written, ["seconds"] = Math.Round(elapsed.TotalSeconds, 3) });
        else
            TerminalPreview.Write(context, pictures[0].Made.Picture);
    }
}
