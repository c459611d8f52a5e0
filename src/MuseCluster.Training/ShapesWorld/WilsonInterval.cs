namespace MuseCluster.Training.ShapesWorld;

/// <summary>
/// A proportion with its 95 % confidence interval. Source: Wilson, "Probable inference, the law of succession, and statistical
/// inference", 1927; unlike the normal approximation it stays honest near 0 and 1 and for few trials.
/// </summary>
/// <param name="Successes">How many trials succeeded.</param>
/// <param name="Trials">How many there were; with none the interval is all of [0, 1].</param>
public readonly record struct WilsonInterval(int Successes, int Trials)
{
    private const double Z = 1.959963984540054;

    /// <summary>The proportion itself; NaN without trials.</summary>
    public double Rate => (double)Successes / Trials;

    /// <summary>The interval's lower end, 0 to 1.</summary>
    public double Low => Trials == 0 ? 0 : Math.Max(0, Center - HalfWidth);

    /// <summary>The interval's upper end, 0 to 1.</summary>
    public double High => Trials == 0 ? 1 : Math.Min(1, Center + HalfWidth);

    private double Scale => 1 + (Z * Z / Trials);

    private double Center => (Rate + (Z * Z / (2.0 * Trials))) / Scale;

    private double HalfWidth => Z * Math.Sqrt((Rate * (1 - Rate) / Trials) + (Z * Z / (4.0 * Trials * Trials))) / Scale;

    /// <summary>The rate and interval in percent, such as "93.0 % [86.3, 96.6]".</summary>
    public override string ToString() => Trials == 0
        ? "none"
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Rate * 100:F1} % [{Low * 100:F1}, {High * 100:F1}]");
}
