using System.Globalization;

namespace MuseCluster.Training.Plots;

/// <summary>One axis of a plot: its range, its ticks, and where values lie on it.</summary>
internal sealed class PlotAxis
{
    private const double MostDecadesWithSteps = 2.5;
    private readonly bool _logarithmic;
    private readonly double _low;
    private readonly double _high;

    private PlotAxis(double low, double high, bool logarithmic, IReadOnlyList<(double, string)> ticks)
    {
        (_low, _high, _logarithmic) = (low, high, logarithmic);
        Ticks = [.. ticks.Where(tick => Place(tick.Item1) is > -1e-9 and < 1 + 1e-9)];
    }

    /// <summary>The values to mark and their labels.</summary>
    public IReadOnlyList<(double Value, string Label)> Ticks { get; }

    /// <summary>Whether an axis can show a value.</summary>
    public static bool CanShow(double value, bool logarithmic) => double.IsFinite(value) && (!logarithmic || value > 0);

    /// <summary>An axis that holds all the values, of which there is at least one.</summary>
    public static PlotAxis Around(IEnumerable<double> values, bool logarithmic, bool padded, int ticks)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (double value in values)
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        return logarithmic ? Logarithmic(low, high) : Linear(low, high, padded, ticks);
    }

    /// <summary>Where a value lies: 0 at the axis's low end, 1 at its high end.</summary>
    public double Place(double value) => _logarithmic
        ? (Math.Log10(value) - Math.Log10(_low)) / (Math.Log10(_high) - Math.Log10(_low))
        : (value - _low) / (_high - _low);

    private static PlotAxis Linear(double low, double high, bool padded, int count)
    {
        if (!(high - low > 1e-12 * Math.Max(Math.Abs(low), Math.Abs(high))))
            (low, high) = (low - Math.Max(0.5, Math.Abs(low) * 0.1), high + Math.Max(0.5, Math.Abs(high) * 0.1));

        double step = RoundStep((high - low) / count);
        if (padded)
            (low, high) = (Math.Floor((low / step) + 1e-9) * step, Math.Ceiling((high / step) - 1e-9) * step);

        var ticks = new List<(double, string)>();
        double first = Math.Ceiling((low / step) - 1e-9);
        for (int i = 0; (first + i) * step <= high + (1e-9 * step); i++)
            ticks.Add(((first + i) * step, Label((first + i) * step, step)));
        return new PlotAxis(low, high, false, ticks);
    }

    private static PlotAxis Logarithmic(double low, double high)
    {
        if (high / low < 1.2)
            (low, high) = (low / 1.2, high * 1.2);

        // Over few decades the axis ends at a 1, 2 or 5 and marks them all; over many it marks powers of ten.
        bool steps = Math.Log10(high / low) <= MostDecadesWithSteps;
        double[] digits = steps ? [1, 2, 5] : [1];
        int least = (int)Math.Floor(Math.Log10(low)), most = (int)Math.Ceiling(Math.Log10(high));
        int every = Math.Max(1, (most - least) / 8);
        var marks = new List<double>();
        for (int power = least; power <= most; power += every)
            marks.AddRange(digits.Select(digit => digit * Math.Pow(10, power)));

        low = marks.Where(mark => mark <= low * 1.000001).DefaultIfEmpty(low).Max();
        high = marks.Where(mark => mark >= high * 0.999999).DefaultIfEmpty(high).Min();
        return new PlotAxis(low, high, true, [.. marks.Select(mark => (mark, Label(mark, mark)))]);
    }

    private static double RoundStep(double raw)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double digit = raw / power;
        return power * (digit <= 1.5 ? 1 : digit <= 3 ? 2 : digit <= 7 ? 5 : 10);
    }

    private static string Label(double value, double step)
    {
        double size = Math.Abs(value);
        if (size < step * 1e-6)
            return "0";
        if (size >= 1e9 || size < 1e-4)
            return value.ToString("0.##e0", CultureInfo.InvariantCulture);
        if (step >= 1e6)
            return (value / 1e6).ToString("0.###", CultureInfo.InvariantCulture) + "M";
        if (step >= 1000)
            return (value / 1000).ToString("0.###", CultureInfo.InvariantCulture) + "k";

        int decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 8);
        return value.ToString("F" + decimals, CultureInfo.InvariantCulture);
    }
}
