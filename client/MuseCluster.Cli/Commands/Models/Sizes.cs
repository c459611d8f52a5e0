using System.Globalization;

namespace MuseCluster.Cli.Commands.Models;

/// <summary>Writes numbers of bytes and of parameters.</summary>
internal static class Sizes
{
    private static readonly string[] Bytes = ["B", "kB", "MB", "GB", "TB"], Counts = ["", " k", " M", " G", " T"];

    /// <summary>A number of bytes: <c>1.2 GB</c>.</summary>
    /// <param name="bytes">The number.</param>
    public static string Of(long bytes) => Scaled(bytes, Bytes, " ");

    /// <summary>How many: <c>603 M</c>.</summary>
    /// <param name="count">The number.</param>
    public static string Count(long count) => Scaled(count, Counts, "");

    private static string Scaled(double value, string[] units, string space)
    {
        var unit = 0;
        for (; value >= 999.5 && unit < units.Length - 1; unit++)
            value /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 || value >= 99.95 ? Math.Round(value) : Math.Round(value, 1)):0.#}{space}{units[unit]}");
    }
}
