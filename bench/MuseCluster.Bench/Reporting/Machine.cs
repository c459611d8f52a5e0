using MuseCluster.Torch;

namespace MuseCluster.Bench.Reporting;

/// <summary>What a benchmark ran on.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Cores">Cores that the process may use.</param>
/// <param name="Threads">Threads of an operator.</param>
/// <param name="Device">Where the networks are.</param>
/// <param name="Libtorch">libtorch's version.</param>
/// <param name="Load">Processes that wanted to run over the last minute, this one among them, when the benchmark began; negative where unknown.</param>
public sealed record Machine(string Processor, int Cores, int Threads, string Device, string Libtorch, double Load)
{
    /// <summary>Looks at the machine.</summary>
    /// <param name="device">Where the networks are.</param>
    public static Machine Here(torch.Device device) => new(
        ProcessorName(), Environment.ProcessorCount, torch.get_num_threads(), device.ToString() ?? "", torch.__version__, LoadAverage());

    private static string ProcessorName()
    {
        const string Info = "/proc/cpuinfo";
        var line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static double LoadAverage()
    {
        const string Load = "/proc/loadavg";
        return File.Exists(Load) ? double.Parse(File.ReadAllText(Load).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) : -1;
    }
}
