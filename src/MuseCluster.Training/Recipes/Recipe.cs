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
    /// <exception cref="FormatException">The file is no recipe; the message names the file and every field that is wrong.</exception>
    public static Recipe Load(string path)
    {
        Recipe recipe;
        try
        {
            recipe = JsonSerializer.Deserialize<Recipe>(File.ReadAllBytes(path), Json)
                ?? throw new FormatException($"{path}: expected a recipe, found null.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"{path}: {e.Message}", e);
        }
        var problems = recipe.Problems().ToList();
        return problems.Count == 0 ? recipe : throw new FormatException($"{path}: {string.Join("; ", problems)}.");
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
        if (Scenes < 1)
            problems.Add($"scenes is {Scenes}, expected at least 1");
        foreach (var (validate, name) in new (Action, string)[]
        {
            (Text.Network.Validate, "text.network"), (VqganBase.Network.Validate, "vqganBase.network"), (VqganSuperres.Network.Validate, "vqganSuperres.network"),
            (() => Decoder?.Network.Validate(), "decoder.network"), (Base.Network.Validate, "base.network"), (Superres.Network.Validate, "superres.network"),
        })
        {
            try
            {
                validate();
            }
            catch (FormatException e)
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
        Agree(problems, "text.network.vocabSize", Text.Network.VocabSize, "tokenizer.vocabSize", Tokenizer.VocabSize);
        return problems;
    }

    private static void Agree(List<string> problems, string name, int value, string other, int expected)
    {
        if (value != expected)
            problems.Add($"{name} is {value}, expected {expected} like {other}");
    }
}
