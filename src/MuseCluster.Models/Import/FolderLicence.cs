using System.Text;

namespace MuseCluster.Models.Import;

/// <summary>What a published folder says of its licence: the front matter of its README.md, or a LICENSE of a plain beginning.</summary>
internal static class FolderLicence
{
    /// <summary>What a manifest has where nobody says.</summary>
    public const string Unknown = "unknown";

    private const int LookedAt = 16 << 10, Longest = 100;
    private static readonly string[] LicenceFiles = ["LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE"];

    // How the texts begin, and their SPDX names.
    private static readonly (string Beginning, string Name)[] Texts =
    [
        ("MIT License", "MIT"), ("The MIT License", "MIT"), ("Permission is hereby granted, free of charge, to any person obtaining a copy", "MIT"),
        ("Apache License Version 2.0", "Apache-2.0"), ("BSD 3-Clause License", "BSD-3-Clause"), ("BSD 2-Clause License", "BSD-2-Clause"),
    ];

    /// <summary>The licence of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The name that the folder gives, an SPDX name of a licence text, or <see cref="Unknown"/>.</returns>
    public static string Of(string folder) => FrontMatter(Path.Combine(folder, "README.md"))
        ?? LicenceFiles.Select(f => Text(Path.Combine(folder, f))).FirstOrDefault(n => n is not null) ?? Unknown;

    private static string? FrontMatter(string file)
    {
        string[] lines = Begin(file).Split('\n');
        if (lines[0].TrimEnd() != "---")
            return null;
        foreach (string line in lines.Skip(1).TakeWhile(l => l.TrimEnd() != "---"))
            if (line.StartsWith("license:", StringComparison.Ordinal) && line["license:".Length..].Trim().Trim('"', '\'') is { Length: > 0 and <= Longest } name && !name.Any(char.IsControl))
                return name;
        return null;
    }

    private static string? Text(string file)
    {
        string begin = string.Join(' ', Begin(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return Texts.FirstOrDefault(t => begin.StartsWith(t.Beginning, StringComparison.OrdinalIgnoreCase)).Name;
    }

    private static string Begin(string file)
    {
        if (!File.Exists(file))
            return "";
        using var stream = File.OpenRead(file);
        byte[] bytes = new byte[LookedAt];
        return Encoding.UTF8.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)).TrimStart('\uFEFF');
    }
}
