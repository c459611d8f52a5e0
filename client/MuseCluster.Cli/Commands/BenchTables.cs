using MuseCluster.Bench.Reporting;
using MuseCluster.Cli.Terminal;

namespace MuseCluster.Cli.Commands;

/// <summary>Prints what benchmarks found.</summary>
internal static class BenchTables
{
    /// <summary>Prints tables below a line that says what was measured, and where.</summary>
    /// <param name="context">The command's output.</param>
    /// <param name="subject">What was measured.</param>
    /// <param name="machine">Where.</param>
    /// <param name="tables">The tables, each with its notes.</param>
    public static void Write(CommandContext context, string subject, Machine machine, IEnumerable<BenchTable> tables)
    {
        context.Output.WriteLine(FormattableString.Invariant(
            $"{subject}: {machine.Processor}, {machine.Cores} cores, {machine.Threads} threads, libtorch {machine.Libtorch}, load before {machine.Load:F1}"));
        foreach (var table in tables)
        {
            context.Output.WriteLine();
            context.Output.WriteLine(table.Title);
            ResultTable.Write(context, table.Headers, table.Rows);
            foreach (var note in table.Notes)
                context.Output.WriteLine(note);
        }
    }
}
