using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Training.ShapesWorld;

namespace MuseCluster.Training.Recipes;

/// <summary>Everything that determines a trained model: the world, the networks, how each is trained, and the seed.</summary>
public sealed record Recipe
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence about the model.</summary>
    public string Description { get; init; } = "";

    /// <summary>Fixes initial weights, scenes, masks and the rest of chance.</summary>
    public ulong Seed { get; init; }

    /// <summary>How training scenes are drawn.</summary>
    public SceneSamplerOptions World { get; init; } = new();

    /// <summary>The vocabulary.</summary>
    public required TokenizerRecipe Tokenizer { get; init; }

    /// <summary>The text encoder.</summary>
    public required TextRecipe Text { get; init; }

    /// <summary>The tokens of the base model.</summary>
    public required VqGanRecipe VqganBase { get; init; }

    /// <summary>The tokens of the super-resolution model.</summary>
    public required VqGanRecipe VqganSuperres { get; init; }

    /// <summary>The larger decoder of the super-resolution tokens; null keeps the one trained with them.</summary>
    public VqGanRecipe? Decoder { get; init; }

    /// <summary>Captioned scenes whose tokens the transformers learn from.</summary>
    public required int Scenes { get; init; }

    /// <summary>The base model.</summary>
    public required TransformerRecipe<BaseTransformerConfig> Base { get; init; }

    /// <summary>The super-resolution model.</summary>
    public required TransformerRecipe<SuperResolutionTransformerConfig> Superres { get; init; }

    /// <summary>What generation uses where a request says nothing.</summary>
    public GenerationDefaults Defaults { get; init; } = new();

    /// <summary>Reads a recipe and checks all of it.</summary>
    /// <param name="path">A JSON file; comments are allowed.</param>
    /// <returns>The recipe.</returns>
    /// <exception cref="RecipeException">The file is not there or no recipe; the message names the file and every field that is wrong.</exception>
    public static Recipe Load(string path)
    {
        if (!File.Exists(path))
            throw new RecipeException($"{path}: is not there; expected a recipe such as models/shapes/recipe.json");
        Recipe recipe;
        try
        {
            recipe = JsonSerializer.Deserialize<Recipe>(File.ReadAllBytes(path), Json)
                ?? throw new RecipeException($"{path}: expected a recipe, found null.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new RecipeException($"{path}: {e.Message}", e);
        }
        var problems = recipe.Problems().ToList();
        return problems.Count == 0 ? recipe : throw new RecipeException($"{path}: {string.Join("; ", problems)}.");
    }

    private IEnumerable<string> Problems()
    {
        List<string> problems = [
            .. Text.Training.Problems("text.training"),
            .. VqganBase.Training.Problems("vqganBase.training"),
            .. VqganSuperres.Training.Problems("vqganSuperres.training"),
            .. Decoder?.Training.Problems("decoder.training") ?? [],
            .. Base.Training.Problems("base.training"),
            .. Superres.Training.Problems("superres.training"),
        ];
        Within(problems, "tokenizer.captions", Tokenizer.Captions, 1, int.MaxValue);
        Within(problems, "tokenizer.sentinels", Tokenizer.Sentinels, 1, Tokenizer.VocabSize);
        Within(problems, "text.noiseDensity", Text.NoiseDensity, 0.01, 0.99);
        Within(problems, "text.meanSpanLength", Text.MeanSpanLength, 1, 1e6);
        Within(problems, "text.facts", Text.Facts, 0, 1);
        foreach (var (name, vqgan) in new[] { ("vqganBase", VqganBase), ("vqganSuperres", VqganSuperres) })
        {
            Within(problems, $"{name}.autoencoderShare", vqgan.AutoencoderShare, 0, 1);
            Within(problems, $"{name}.codebookDecay", vqgan.CodebookDecay, 0, 1);
            Within(problems, $"{name}.commitmentWeight", vqgan.CommitmentWeight, 0, 1e6);
        }
        Within(problems, "superres.lowDamage", Superres.LowDamage, 0, 1);
        Within(problems, "superres.lowRecolored", Superres.LowRecolored, 0, 1);
        if (Scenes < 1)
            problems.Add($"scenes is {Scenes}, expected at least 1");
        foreach (var (validate, name) in new (Action, string)[]
        {
            (World.Validate, "world"), (() => VqganBase.World?.Validate(), "vqganBase.world"), (() => VqganSuperres.World?.Validate(), "vqganSuperres.world"),
            (Text.Network.Validate, "text.network"), (VqganBase.Network.Validate, "vqganBase.network"), (VqganSuperres.Network.Validate, "vqganSuperres.network"),
            (() => Decoder?.Network.Validate(), "decoder.network"), (Base.Network.Validate, "base.network"), (Superres.Network.Validate, "superres.network"),
        })
        {
            try
            {
                validate();
            }
            catch (Exception e) when (e is FormatException or ArgumentException or ValidationException)
            {
                problems.Add($"{name}: {e.Message}");
            }
        }
        Agree(problems, "base.network.codebookSize", Base.Network.CodebookSize, "vqganBase.network.codebookSize", VqganBase.Network.CodebookSize);
        Agree(problems, "base.network.gridSize", Base.Network.GridSize, "the grid of vqganBase", VqganBase.Network.GridSize);
        Agree(problems, "superres.network.codebookSize", Superres.Network.CodebookSize, "vqganSuperres.network.codebookSize", VqganSuperres.Network.CodebookSize);
        Agree(problems, "superres.network.gridSize", Superres.Network.GridSize, "the grid of vqganSuperres", VqganSuperres.Network.GridSize);
        Agree(problems, "superres.network.lowCodebookSize", Superres.Network.LowCodebookSize, "vqganBase.network.codebookSize", VqganBase.Network.CodebookSize);
        Agree(problems, "superres.network.lowGridSize", Superres.Network.LowGridSize, "the grid of vqganBase", VqganBase.Network.GridSize);
        Agree(problems, "base.network.textDim", Base.Network.TextDim, "text.network.dModel", Text.Network.DModel);
        Agree(problems, "superres.network.textDim", Superres.Network.TextDim, "text.network.dModel", Text.Network.DModel);
        Agree(problems, "superres.network.textLength", Superres.Network.TextLength, "base.network.textLength", Base.Network.TextLength);
        if (Decoder is { } decoder)
        {
            // It decodes the tokens of vqganSuperres with that network's normalisation.
            Agree(problems, "decoder.network.codebookSize", decoder.Network.CodebookSize, "vqganSuperres.network.codebookSize", VqganSuperres.Network.CodebookSize);
            Agree(problems, "decoder.network.codebookDim", decoder.Network.CodebookDim, "vqganSuperres.network.codebookDim", VqganSuperres.Network.CodebookDim);
            Agree(problems, "decoder.network.resolution", decoder.Network.Resolution, "vqganSuperres.network.resolution", VqganSuperres.Network.Resolution);
            Agree(problems, "decoder.network.normGroups", decoder.Network.NormGroups, "vqganSuperres.network.normGroups", VqganSuperres.Network.NormGroups);
        }
        Agree(problems, "text.network.vocabSize", Text.Network.VocabSize, "tokenizer.vocabSize", Tokenizer.VocabSize);
        return problems;
    }

    private static void Within(List<string> problems, string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
            problems.Add(FormattableString.Invariant($"{name} is {value}, expected {least} to {most}"));
    }

    private static void Agree(List<string> problems, string name, int value, string other, int expected)
    {
        if (value != expected)
            problems.Add($"{name} is {value}, expected {expected} like {other}");
    }
}
