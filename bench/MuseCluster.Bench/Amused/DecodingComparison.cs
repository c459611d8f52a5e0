namespace MuseCluster.Bench.Amused;

/// <summary>One picture's tokens, decoded with guidance here and in PyTorch. Text encoder and pixels are not in it.</summary>
/// <param name="Steps">Steps.</param>
/// <param name="Guidance">Guidance.</param>
/// <param name="PyTorch">Decodings as diffusers' pipeline and scheduler make them, with the settings in which PyTorch is faster.</param>
/// <param name="Ours">Decodings of this project.</param>
/// <param name="Plain">The same without the savings of decoding: every step runs the whole network.</param>
/// <param name="Pass">One pass of the network in the middle of a decoding.</param>
/// <param name="PlainPass">The same without the savings, in turns with it: whole decodings are too long for a machine to be equally fast for both.</param>
/// <param name="Savings">What each of the savings is by itself, over all steps.</param>
public sealed record DecodingComparison(
    int Steps, double Guidance, SideTimes PyTorch, SideTimes Ours, SideTimes Plain, SideTimes Pass, SideTimes PlainPass, IReadOnlyList<Saving> Savings)
{
    /// <summary>How many times faster ours is, by the medians.</summary>
    public double Speedup => PyTorch.Wall.Median / Ours.Wall.Median;

    /// <summary>Processor time that the savings spare, over all steps.</summary>
    public double Spared => Steps * (PlainPass.Processor.Least - Pass.Processor.Least);

    /// <summary>The same by processor time.</summary>
    public double ProcessorSpeedup => PyTorch.Processor.Median / Ours.Processor.Median;
}
