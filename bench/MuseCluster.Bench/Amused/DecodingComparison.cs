namespace MuseCluster.Bench.Amused;

/// <summary>One picture's tokens, decoded with guidance here and in PyTorch. Text encoder and pixels are not in it.</summary>
/// <param name="Steps">Steps.</param>
/// <param name="Guidance">Guidance.</param>
/// <param name="PyTorch">Decodings as diffusers' pipeline and scheduler make them, with the settings in which PyTorch is faster.</param>
/// <param name="Ours">Decodings of this project; null where it cannot decode with a U-ViT.</param>
public sealed record DecodingComparison(int Steps, double Guidance, SideTimes PyTorch, SideTimes? Ours)
{
    /// <summary>How many times faster ours is, by the medians; null without ours.</summary>
    public double? Speedup => PyTorch.Wall.Median / Ours?.Wall.Median;
}
