using System.Globalization;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Training.Runs;

namespace MuseCluster.Cli.Commands;

/// <summary>How far a stage of a run is.</summary>
/// <param name="Stage">Its name.</param>
/// <param name="Needed">Whether the recipe asks for it.</param>
/// <param name="Finished">Whether nothing is left to do.</param>
/// <param name="Step">Steps made and saved.</param>
/// <param name="Steps">Steps in all; 0 where the stage has none.</param>
internal sealed record StageState(string Stage, bool Needed, bool Finished, long Step, long Steps)
{
    private const string StateFile = "state.safetensors";
    private const string TokensFile = "tokens.safetensors";

    /// <summary>Looks at a run's folder.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="stage">The stage.</param>
    public static StageState Of(TrainingPlan plan, string folder, string stage)
    {
        var recipe = plan.Recipe;
        switch (stage)
        {
            case "tokenizer":
                return new StageState(stage, true, File.Exists(plan.TokenizerFile), 0, 0);
            case "tokens":
                return new StageState(stage, true, File.Exists(Path.Combine(folder, TokensFile)), 0, 0);
        }
        var training = stage switch
        {
            "text" => recipe.Text.Training,
            "vqgan-base" => recipe.VqganBase.Training,
            "vqgan-superres" => recipe.VqganSuperres.Training,
            "decoder" => recipe.Decoder?.Training,
            "base" => recipe.Base.Training,
            "superres" => recipe.Superres.Training,
            _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "no such stage"),
        };
        if (training is null)
            return new StageState(stage, false, true, 0, 0);
        return File.Exists(plan.WeightsOf(stage))
            ? new StageState(stage, true, true, training.Steps, training.Steps)
            : new StageState(stage, true, false, SavedStep(Path.Combine(folder, stage, StateFile)), training.Steps);
    }

    private static long SavedStep(string path)
    {
        if (!File.Exists(path))
            return 0;
        using var checkpoint = Checkpoint.Open(path);
        return checkpoint.Files[0].Metadata.TryGetValue("step", out var step) && long.TryParse(step, CultureInfo.InvariantCulture, out var made) ? made : 0;
    }
}
