using MuseCluster.Models.Networks;

namespace MuseCluster.Training.Recipes;

/// <summary>How one network is trained.</summary>
public sealed record TrainingOptions
{
    private const double FirstMaskScale = 0.1;

    /// <summary>Optimiser steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Samples per step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The highest learning rate: reached after <see cref="WarmupSteps"/>, then falling along half a cosine.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Steps over which the learning rate rises from 0.</summary>
    public int WarmupSteps { get; init; } = 100;

    /// <summary>What is left of the highest learning rate at the last step, as a fraction.</summary>
    public double FinalLearningRate { get; init; } = 0.01;

    /// <summary>AdamW's decoupled decay of weight matrices.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>AdamW's decay of the mean of gradients.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's decay of the mean of squared gradients.</summary>
    public double Beta2 { get; init; } = 0.98;

    /// <summary>Bound of the gradients' joint norm.</summary>
    public double GradientClip { get; init; } = 1;

    /// <summary>Decay of the moving average of the weights that is kept in the end; 0 keeps the weights themselves.</summary>
    public double EmaDecay { get; init; }

    /// <summary>Share of the target probability spread over all codes.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// How far rare codes count for more in a transformer's loss: a code that is a share p of all tokens weighs p^-CodeBalance,
    /// and its logit is shifted by the weight's logarithm, so that the network itself still learns true probabilities. Most
    /// tokens of a scene are plain background, whose loss drowns what there is to learn about objects. 0 to 1, default 0.
    /// </summary>
    public double CodeBalance { get; init; }

    /// <summary>
    /// Steps over which a transformer's masks grow, linearly, from a tenth of their share to the whole of it. Where little is
    /// masked, what is missing follows from what is there, so that a network soon learns what tokens mean; where nearly all is
    /// masked, most of the loss is chance that no network can foretell, and drowns it (curriculum learning, Bengio et al., ICML
    /// 2009). Default 0: none.
    /// </summary>
    public int MaskGrowthSteps { get; init; }

    /// <summary>
    /// How often a transformer's masked tokens are a rectangle of the grid instead of scattered. Scattered masks leave a part of
    /// nearly every object in sight, which says more of the rest than the caption does, or hide all, and where things lie is
    /// chance. A rectangle hides whole objects and leaves others, so that what they are, how many and on which side follows from
    /// the caption. 0 to 1, default 0.
    /// </summary>
    public double MaskRegions { get; init; }

    /// <summary>How often a caption is replaced by the empty prompt, for classifier-free guidance.</summary>
    public double ConditionDropout { get; init; } = 0.1;

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>The rate.</returns>
    public double RateAt(long step)
    {
        if (step < WarmupSteps)
            return LearningRate * (step + 1) / WarmupSteps;
        var share = (step - WarmupSteps) / (double)Math.Max(1, Steps - WarmupSteps);
        return LearningRate * (FinalLearningRate + ((1 - FinalLearningRate) * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, share)))));
    }

    /// <summary>What masks are scaled by at a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>Above 0, at most 1.</returns>
    public double MaskScaleAt(long step) =>
        step >= MaskGrowthSteps ? 1 : FirstMaskScale + ((1 - FirstMaskScale) * step / MaskGrowthSteps);

    internal IEnumerable<string> Problems(string name)
    {
        if (Steps < 1) yield return $"{name}.Steps is {Steps}, expected at least 1";
        if (BatchSize < 1) yield return $"{name}.BatchSize is {BatchSize}, expected at least 1";
        if (!(LearningRate > 0)) yield return $"{name}.LearningRate is {LearningRate}, expected above 0";
        if (WarmupSteps < 0) yield return $"{name}.WarmupSteps is {WarmupSteps}, expected at least 0";
        if (!(FinalLearningRate is >= 0 and <= 1)) yield return $"{name}.FinalLearningRate is {FinalLearningRate}, expected 0 to 1";
        if (!(WeightDecay >= 0)) yield return $"{name}.WeightDecay is {WeightDecay}, expected at least 0";
        if (!(Beta1 is >= 0 and < 1)) yield return $"{name}.Beta1 is {Beta1}, expected 0 to below 1";
        if (!(Beta2 is >= 0 and < 1)) yield return $"{name}.Beta2 is {Beta2}, expected 0 to below 1";
        if (EmaDecay is < 0 or >= 1) yield return $"{name}.EmaDecay is {EmaDecay}, expected 0 to below 1";
        if (LabelSmoothing is < 0 or >= 1) yield return $"{name}.LabelSmoothing is {LabelSmoothing}, expected 0 to below 1";
        if (ConditionDropout is < 0 or > 1) yield return $"{name}.ConditionDropout is {ConditionDropout}, expected 0 to 1";
        if (CodeBalance is not (>= 0 and <= 1)) yield return $"{name}.CodeBalance is {CodeBalance}, expected 0 to 1";
        if (MaskRegions is not (>= 0 and <= 1)) yield return $"{name}.MaskRegions is {MaskRegions}, expected 0 to 1";
        if (MaskGrowthSteps < 0) yield return $"{name}.MaskGrowthSteps is {MaskGrowthSteps}, expected at least 0";
        if (!(GradientClip > 0)) yield return $"{name}.GradientClip is {GradientClip}, expected above 0";
    }
}
