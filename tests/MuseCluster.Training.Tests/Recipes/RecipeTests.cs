using System.Text.Json.Nodes;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.Tests.Runs;

namespace MuseCluster.Training.Tests.Recipes;

public sealed class RecipeTests
{
    private static readonly string Shapes = Find();

    [Fact]
    public void TheRecipeOfTheShapesModelLoads()
    {
        var recipe = Recipe.Load(Shapes);
        Assert.Equal("shapes", recipe.Name);
        Assert.Equal(recipe.VqganBase.Network.GridSize, recipe.Base.Network.GridSize);
        Assert.Equal(recipe.VqganSuperres.Network.GridSize, recipe.Superres.Network.GridSize);
    }

    [Fact]
    public void EveryWrongFieldIsListedAtOnce()
    {
        var message = Refused(r =>
        {
            r["scenes"] = 0;
            r["world"]!["backgroundProbability"] = 1.5;
            r["tokenizer"]!["captions"] = 0;
            r["text"]!["noiseDensity"] = 1;
            r["text"]!["network"]!["numHeads"] = 0;
            r["text"]!["training"]!["steps"] = 0;
            r["text"]!["facts"] = 2;
            r["vqganBase"]!["world"]!["positions"]![0] = 1;
            r["vqganBase"]!["training"]!["beta2"] = 1;
            r["vqganBase"]!["network"]!["encoder"]!["channels"]![0] = 7;
            r["vqganSuperres"]!["network"]!["encoder"]!["patch"] = 0;
            r["base"]!["network"]!["heads"] = 7;
            r["base"]!["training"]!["labelSmoothing"] = 1;
            r["base"]!["training"]!["maskGrowthSteps"] = -1;
            r["base"]!["training"]!["maskRegions"] = 2;
            r["superres"]!["lowDamage"] = 1.5;
            r["superres"]!["lowRecolored"] = -1;
            r["superres"]!["network"]!["lowCodebookSize"] = 3;
            r["superres"]!["training"]!["learningRate"] = 0;
        });
        Assert.All(
            new[]
            {
                "scenes is 0", "world: ", "tokenizer.captions", "text.noiseDensity", "text.network: ", "num_heads", "text.training.Steps", "vqganBase.training.Beta2", "text.facts", "vqganBase.world: Positions", "superres.lowRecolored",
                "vqganBase.network: ", "vqganSuperres.network: ", "Encoder.Patch", "base.network: ", "Heads is 7", "base.training.LabelSmoothing", "base.training.MaskGrowthSteps is -1", "base.training.MaskRegions is 2", "superres.lowDamage",
                "superres.network.lowCodebookSize is 3", "superres.training.LearningRate",
            },
            part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.Contains("recipe.json", message, StringComparison.Ordinal);
    }

    [Fact]
    public void NetworksThatDoNotFitTogetherAreRefused()
    {
        var message = Refused(r =>
        {
            r["base"]!["network"]!["codebookSize"] = 512;
            r["base"]!["network"]!["textDim"] = 64;
            r["tokenizer"]!["vocabSize"] = 81;
            r["superres"]!["network"]!["gridSize"] = 16;
            r["decoder"] = r["vqganSuperres"]!.DeepClone();
            r["decoder"]!["network"]!["normGroups"] = 4;
            r["decoder"]!["network"]!["codebookDim"] = 8;
        });
        Assert.All(
            new[] { "base.network.codebookSize is 512", "base.network.textDim is 64", "text.network.vocabSize", "superres.network.gridSize is 16", "decoder.network.normGroups is 4", "decoder.network.codebookDim is 8" },
            part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("colour", "colour")]
    [InlineData("text", "text")]
    [InlineData("vqganBase", "vqganBase")]
    public void UnknownFieldsAndNullsAreRefused(string field, string named) =>
        Assert.Contains(named, Refused(r => r[field] = null), StringComparison.Ordinal);

    [Fact]
    public void MissingFieldsAreNamed() =>
        Assert.Contains("superres", Refused(r => r.Remove("superres")), StringComparison.Ordinal);

    [Fact]
    public void WhatIsNoRecipeIsRefused()
    {
        using var run = new TempRun();
        foreach (var text in new[] { "", "null", "[]", "{", "{}" })
        {
            File.WriteAllText(run["recipe.json"], text);
            Assert.Contains("recipe.json", Assert.Throws<RecipeException>(() => Recipe.Load(run["recipe.json"])).Message, StringComparison.Ordinal);
        }
    }

    private static string Refused(Action<JsonObject> edit)
    {
        using var run = new TempRun();
        var recipe = JsonNode.Parse(File.ReadAllText(Shapes))!.AsObject();
        edit(recipe);
        File.WriteAllText(run["recipe.json"], recipe.ToJsonString());
        return Assert.Throws<RecipeException>(() => Recipe.Load(run["recipe.json"])).Message;
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MuseCluster.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("no folder above the tests holds MuseCluster.sln");
        return Path.Combine(folder.FullName, "models", "shapes", "recipe.json");
    }
}
