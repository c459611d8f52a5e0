namespace MuseCluster.Bench.Reporting;

/// <summary>A part of a report, ready to print.</summary>
/// <param name="Title">One line above it.</param>
/// <param name="Headers">The columns' names; one that ends in &gt; is aligned right.</param>
/// <param name="Rows">The cells.</param>
/// <param name="Notes">Lines below it.</param>
public sealed record BenchTable(string Title, IReadOnlyList<string> Headers, IReadOnlyList<IReadOnlyList<string>> Rows, IReadOnlyList<string> Notes);
