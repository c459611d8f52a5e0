using System.Globalization;

namespace MuseCluster.Cluster.Faults;

/// <summary>Which faults a silo makes by itself, for tests. Written as name=value with commas between: <c>seed=1,crash=0.001,duplicate=0.02,delay=0.05,poison=1</c>.</summary>
public sealed record FaultOptions
{
    /// <summary>From which the faults are drawn.</summary>
    public int Seed { get; init; }

    /// <summary>How likely the process ends, as by SIGKILL, at each <see cref="FaultPoint"/>.</summary>
    public double Crash { get; init; }

    /// <summary>How likely an item is sent twice.</summary>
    public double Duplicate { get; init; }

    /// <summary>How likely an item is sent late.</summary>
    public double Delay { get; init; }

    /// <summary>Whether prompts that start with <see cref="FaultyWork.Throws"/> or <see cref="FaultyWork.Crashes"/> are poison.</summary>
    public bool Poison { get; init; }

    /// <summary>Reads faults.</summary>
    /// <param name="text">As they are written.</param>
    /// <returns>The faults, or null where the text says none.</returns>
    public static FaultOptions? Parse(string text)
    {
        var options = new FaultOptions();
        foreach (var part in text.Split(','))
        {
            if (part.Split('=') is not [var name, var value] || !double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return null;
            FaultOptions? next = name switch
            {
                "seed" when number <= int.MaxValue => options with { Seed = (int)number },
                "crash" when number <= 1 => options with { Crash = number },
                "duplicate" when number <= 1 => options with { Duplicate = number },
                "delay" when number <= 1 => options with { Delay = number },
                "poison" when number <= 1 => options with { Poison = number > 0 },
                _ => null,
            };
            if (next is null)
                return null;
            options = next;
        }
        return options;
    }

    /// <summary>The faults as they are written.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"seed={Seed},crash={Crash},duplicate={Duplicate},delay={Delay},poison={(Poison ? 1 : 0)}");
}
