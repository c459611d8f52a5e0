using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Training.ShapesWorld;

namespace MuseCluster.Training.Recipes;

/// <summary>A VQGAN and how it is trained.</summary>
public sealed record VqGanRecipe
{
    /// <summary>The network.</summary>
    public required VqGanConfig Network { get; init; }

    /// <summary>The optimiser's side.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>How the scenes that it learns from are drawn; as the recipe's others where null.</summary>
    public SceneSamplerOptions? World { get; init; }

    /// <summary>Share of the steps made as a plain autoencoder before the codebook starts.</summary>
    public double AutoencoderShare { get; init; } = 0.12;

    /// <summary>What is kept of the codes' moving averages at each step.</summary>
    public double CodebookDecay { get; init; } = 0.98;

    /// <summary>Weight of the distance between latents and their codes.</summary>
    public double CommitmentWeight { get; init; } = 0.25;
}
