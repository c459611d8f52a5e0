namespace MuseCluster.Training.Text;

/// <summary>A text with spans taken out, and the spans.</summary>
/// <param name="InputIds">The text with each span replaced by its sentinel, then eos.</param>
/// <param name="TargetIds">Each sentinel followed by its span, then the final sentinel if there is one, then eos.</param>
public sealed record CorruptedText(int[] InputIds, int[] TargetIds);
