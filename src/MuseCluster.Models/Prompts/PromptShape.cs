namespace MuseCluster.Models.Prompts;

/// <summary>The dimensions of a <see cref="PromptEmbedding"/>.</summary>
/// <param name="Length">Positions.</param>
/// <param name="Width">Numbers of each.</param>
/// <param name="Pooled">Numbers of the whole text's vector; 0 where there is none. Default 0.</param>
public readonly record struct PromptShape(int Length, int Width, int Pooled = 0)
{
    /// <inheritdoc/>
    public override string ToString() => Pooled == 0 ? $"{Length} x {Width}" : $"{Length} x {Width} and {Pooled}";
}
