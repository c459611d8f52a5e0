using MuseCluster.Models.Networks.Amused;

namespace MuseCluster.Bench.Amused;

/// <summary>This project's guided decoding of one picture with a U-ViT, as the comparison with PyTorch's times it.</summary>
internal static class OurDecoding
{
    /// <summary>Makes what decodes once, from nothing but masked tokens; null as long as nothing here decodes with a U-ViT.</summary>
    /// <param name="network">The network.</param>
    /// <param name="inputs">Its text and condition serve as conditional and unconditional rows.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="guidance">Guidance.</param>
    internal static Action? Of(UVit2DModel network, UVitCase inputs, int steps, double guidance) => null;
}
